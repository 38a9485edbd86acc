/** Page of the outbox. */
import type { Reply } from "../reply.ts";
import type { Email } from "../store/outbox.ts";
import { htmlPage } from "./document.ts";
import { type Html, html } from "./html.ts";

/** Returns the page with all emails, newest first. */
export function outboxPage(emails: readonly Email[]): Reply {
  const content = html`<h1>Outbox</h1>
<p class="quiet">Emails that a deployment would send. Nothing leaves this machine. Also as <a href="/outbox.json">JSON</a>.</p>
${emails.length === 0 ? html`<p>No emails yet.</p>` : null}
<ul>
${emails.map(
  (email) => html`<li class="email"><strong>${email.subject}</strong><br>
<span class="quiet">To ${email.to} · ${new Date(email.at).toISOString()} · ${email.kind}</span>
<p>${withLinks(email.text)}</p></li>
`,
)}</ul>
<p><a href="/">Users, organizations and invitations</a></p>`;
  return htmlPage(200, { title: "Outbox", content });
}

/** Returns a text whose web addresses are links. */
function withLinks(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`))}`;
}
