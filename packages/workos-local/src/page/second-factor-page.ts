/** The second factor's step: at WorkOS it is on its own pages too, and the app never sees it. */
import type { Reply } from "../reply.ts";
import { htmlPage } from "./document.ts";
import { html } from "./html.ts";

/** The one code that is right here. */
export const SECOND_FACTOR_CODE = "123456";

/**
 * @param step `token` stands for the first step
 */
export function secondFactorPage(step: {
  action: string;
  token: string;
  email: string;
  redirectUri: URL;
  refused: boolean;
}): Reply {
  const content = html`<h1>Enter your code</h1>
<p class="quiet">For ${step.email}. The code is ${SECOND_FACTOR_CODE}, always.</p>
<form method="post" action="${step.action}">
<input type="hidden" name="second_factor_token" value="${step.token}">
<label for="code">Code</label>
<input id="code" type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required${
    step.refused ? html` aria-invalid="true" aria-describedby="code-refusal"` : null
  }>
${step.refused ? html`<p class="refusal" id="code-refusal" role="alert">That is not the code. It is ${SECOND_FACTOR_CODE}.</p>` : null}
<button class="main">Verify</button>
</form>`;
  return htmlPage(step.refused ? 400 : 200, {
    title: "Enter your code",
    content,
    formTarget: step.redirectUri,
  });
}
