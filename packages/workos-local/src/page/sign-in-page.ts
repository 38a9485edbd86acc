/** The page on which a person picks who to be, or what shall go wrong. One form, so that each button takes the chosen way in along. */
import type { AuthorizeRequest } from "../authorize-request.ts";
import { DEMO_PEOPLE } from "../demo-people.ts";
import type { Reply } from "../reply.ts";
import { htmlPage } from "./document.ts";
import { type Html, html } from "./html.ts";

/** The ways in that the page offers; `plain` is the default. */
export const WAYS_IN = ["plain", "mfa", "sso", "impersonated"] as const;
export type WayIn = (typeof WAYS_IN)[number];

const WAY_LABELS: Record<WayIn, string> = {
  plain: "Straight in",
  mfa: "With a second factor",
  sso: "Through Globex's single sign-on",
  impersonated: "Impersonated by support@example.com",
};

const FAILURES = [
  { value: "denied", label: "Access denied" },
  { value: "expired", label: "Expired code" },
  { value: "down", label: "Server down" },
];

/**
 * @param refusal what was wrong with the e-mail just sent, and what was sent
 */
export function signInPage(
  request: AuthorizeRequest,
  action: string,
  refusal: { email: string; message: string } | null = null,
): Reply {
  const signUp = request.screenHint === "sign-up";
  const title = signUp ? "Create an account" : "Sign in";
  const content = html`<h1>${title}</h1>
<p class="quiet">${signUp ? "Any e-mail makes an account." : "No password is asked for."} You return to ${request.redirectUri.host}.</p>
${request.organization ? html`<p>To ${request.organization.name}.</p>` : null}
<form method="post" action="${action}">
${emailField(request, refusal)}
<button class="main">${signUp ? "Create account" : "Continue"}</button>
<h2 id="people">Or as one of these</h2>
<ul class="people" aria-labelledby="people">
${DEMO_PEOPLE.map(
  (
    person,
    index,
  ) => html`<li><button name="email" value="${person.email}" formnovalidate aria-describedby="person-${index}">${person.email}</button><span id="person-${index}">${person.firstName} ${person.lastName}, ${person.about.toLowerCase()}</span></li>
`,
)}</ul>
<h2 id="failures">Or let it fail</h2>
<ul class="failures" aria-labelledby="failures">
${FAILURES.map(
  ({ value, label }) => html`<li><button name="choice" value="${value}" formnovalidate>${label}</button></li>
`,
)}</ul>
<details>
<summary>Ways in</summary>
<fieldset>
<legend class="quiet">Holds for whoever you pick above</legend>
${WAYS_IN.map(
  (
    way,
  ) => html`<label class="choice"><input type="radio" name="way" value="${way}"${way === "plain" ? html` checked` : null}> ${WAY_LABELS[way]}</label>
`,
)}</fieldset>
</details>
</form>`;
  return htmlPage(refusal ? 400 : 200, { title, content, formTarget: request.redirectUri });
}

function emailField(request: AuthorizeRequest, refusal: { email: string; message: string } | null): Html {
  const value = refusal?.email ?? request.loginHint ?? "";
  return html`<label for="email">E-mail</label>
<input id="email" type="email" name="typed_email" value="${value}" autocomplete="email" required${
    refusal ? html` aria-invalid="true" aria-describedby="email-refusal"` : null
  }>
${refusal ? html`<p class="refusal" id="email-refusal" role="alert">${refusal.message}</p>` : null}`;
}
