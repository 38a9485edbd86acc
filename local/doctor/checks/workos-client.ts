/** Check `workos-client`: WorkOS knows the client, and it belongs to the same environment as the API key. */
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { type Ask, answersBut, fieldOf } from "../reach.ts";
import { type Finding, fail, notChecked, ok, warn } from "../report.ts";
import { isUsable, problemsFor, type Subject } from "../subject.ts";

const NAME = "WORKOS_CLIENT_ID";

export const workosClient: Check = async ({ subject, ask, found }) => {
  const [problem] = problemsFor(subject, "workos-client");
  if (problem) return fail(`${NAME} ${problem.message}`, setAgain(NAME));
  if (subject.emulated.workos) {
    return warn("WorkOS is not configured: the local emulator is used", FIX.nothingHere);
  }
  if (!isUsable(subject, "WORKOS_API_URL")) return notChecked("WORKOS_API_URL is malformed");
  const { WORKOS_API_URL = "", WORKOS_CLIENT_ID = "" } = subject.values;
  const url = `${WORKOS_API_URL}/sso/jwks/${encodeURIComponent(WORKOS_CLIENT_ID)}`;
  const { status, json } = await ask(url);
  if (status === 404 || status === 400 || status === 422)
    return fail(answersBut(url, "it knows no such client"), FIX.client);
  if (status !== 200) return fail(answersBut(url, `with status ${status}`), FIX.client);
  if (!Array.isArray(fieldOf(json, "keys")))
    return fail(answersBut(url, "not as WorkOS does"), setAgain("WORKOS_API_URL"));
  if (found("workos-api-key")?.status === "fail") {
    return notChecked(
      "WorkOS has keys for it; whether it is of the API key's environment, that key must show",
    );
  }
  return belongsToKey(subject, ask);
};

/**
 * Checks that client and API key belong together. WorkOS checks the pair before the authorization code, which
 * is invalid here.
 */
async function belongsToKey({ values }: Subject, ask: Ask): Promise<Finding> {
  const url = `${values.WORKOS_API_URL}/user_management/authenticate`;
  const { status, json } = await ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      client_id: values.WORKOS_CLIENT_ID,
      client_secret: values.WORKOS_API_KEY,
      grant_type: "authorization_code",
      code: "mosaic_doctor",
    }),
  });
  const error = fieldOf(json, "error");
  if (error === "invalid_grant") return ok("WorkOS knows it, in the API key's environment");
  if (error === "invalid_client" || status === 401 || status === 403) {
    return fail(
      answersBut(url, "the client is not of the environment that WORKOS_API_KEY is of"),
      FIX.client,
    );
  }
  return fail(answersBut(url, `with status ${status}`), FIX.client);
}
