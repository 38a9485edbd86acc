/** Sign-in page: picks a user or a failure. It is one form, so that every button also sends the selected method. */
import type { AuthorizeRequest } from "../authorize-request.ts";
import { DEMO_USERS } from "../demo-users.ts";
import type { Reply } from "../reply.ts";
import type { Organization } from "../store/organization-store.ts";
import { htmlPage } from "./document.ts";
import { type Html, html } from "./html.ts";

/** Methods of signing in; `plain` is the default. */
export const WAYS_IN = ["plain", "mfa", "sso", "impersonated", "idp_initiated"] as const;
export type WayIn = (typeof WAYS_IN)[number];

const WAY_LABELS: Record<WayIn, string> = {
  plain: "Directly",
  mfa: "With a second factor",
  sso: "With single sign-on of Globex",
  impersonated: "Impersonated by support@example.com",
  idp_initiated: "Started outside the app, by the identity provider",
};

const FAILURES = [
  { value: "denied", label: "Access denied" },
  { value: "expired", label: "Expired code" },
  { value: "down", label: "Server down" },
];

/**
 * Returns the page.
 *
 * @param request - The authorize request.
 * @param organizations - The organizations to choose from.
 * @param action - The URL of the form.
 * @param error - The rejected email with a message, after an invalid one was sent.
 */
export function signInPage(
  request: AuthorizeRequest,
  organizations: readonly Organization[],
  action: string,
  error: { email: string; message: string } | null = null,
): Reply {
  const signUp = request.screenHint === "sign-up";
  const title = signUp ? "Create an account" : "Sign in";
  const content = html`<h1>${title}</h1>
<p class="quiet">${signUp ? "Any email creates an account." : "No password is needed."} You return to ${request.redirectUri.host}.</p>
${request.organization ? html`<p>Organization: ${request.organization.name}</p>` : null}
<form method="post" action="${action}">
${emailField(request, error)}
<button class="main">${signUp ? "Create account" : "Continue"}</button>
<h2 id="users">Demo users</h2>
<ul class="users" aria-labelledby="users">
${DEMO_USERS.map(
  (
    user,
    index,
  ) => html`<li><button name="email" value="${user.email}" formnovalidate aria-describedby="user-${index}">${user.email}</button><span id="user-${index}">${user.firstName} ${user.lastName}, ${user.about.toLowerCase()}</span></li>
`,
)}</ul>
<h2 id="failures">Failures</h2>
<ul class="failures" aria-labelledby="failures">
${FAILURES.map(
  ({ value, label }) => html`<li><button name="choice" value="${value}" formnovalidate>${label}</button></li>
`,
)}</ul>
<details>
<summary>Method</summary>
<fieldset>
<legend class="quiet">Applies to the user that you pick above</legend>
${WAYS_IN.map(
  (
    way,
  ) => html`<label class="choice"><input type="radio" name="way" value="${way}"${way === "plain" ? html` checked` : null}> ${WAY_LABELS[way]}</label>
`,
)}</fieldset>
<label for="organization">Organization</label>
<select id="organization" name="organization">
<option value="">The only one of the user, otherwise none</option>
${organizations.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
</select>
</details>
<p><a href="/">Users, organizations and invitations</a> · <a href="/outbox">Outbox</a></p>
</form>`;
  return htmlPage(error ? 400 : 200, { title, content, formTarget: request.redirectUri });
}

function emailField(request: AuthorizeRequest, error: { email: string; message: string } | null): Html {
  const value = error?.email ?? request.loginHint ?? "";
  return html`<label for="email">E-mail</label>
<input id="email" type="email" name="typed_email" value="${value}" autocomplete="email" required${
    error ? html` aria-invalid="true" aria-describedby="email-error"` : null
  }>
${error ? html`<p class="error" id="email-error" role="alert">${error.message}</p>` : null}`;
}
