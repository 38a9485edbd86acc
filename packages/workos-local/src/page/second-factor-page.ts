/** Page of the second factor. As in WorkOS, the app does not see this step. */
import type { Reply } from "../reply.ts";
import { htmlPage } from "./document.ts";
import { html } from "./html.ts";

/** The only valid code. */
export const SECOND_FACTOR_CODE = "123456";

/**
 * Returns the page.
 *
 * @param step - The step. `token` identifies the first step; `rejected` is true after a wrong code.
 */
export function secondFactorPage(step: {
  action: string;
  token: string;
  email: string;
  redirectUri: URL;
  rejected: boolean;
}): Reply {
  const content = html`<h1>Enter your code</h1>
<p class="quiet">For ${step.email}. The code is always ${SECOND_FACTOR_CODE}.</p>
<form method="post" action="${step.action}">
<input type="hidden" name="second_factor_token" value="${step.token}">
<label for="code">Code</label>
<input id="code" type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required${
    step.rejected ? html` aria-invalid="true" aria-describedby="code-error"` : null
  }>
${step.rejected ? html`<p class="error" id="code-error" role="alert">Wrong code. Enter ${SECOND_FACTOR_CODE}.</p>` : null}
<button class="main">Verify</button>
</form>`;
  return htmlPage(step.rejected ? 400 : 200, {
    title: "Enter your code",
    content,
    formTarget: step.redirectUri,
  });
}
