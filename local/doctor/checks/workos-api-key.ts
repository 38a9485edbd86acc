/** Check `workos-api-key`: WorkOS accepts the key, and it is a live key if the app is deployed. */
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { answersBut, fieldOf } from "../reach.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isHere, isUsable, problemsFor } from "../subject.ts";

const NAME = "WORKOS_API_KEY";

export const workosApiKey: Check = async ({ subject, ask }) => {
  const [problem] = problemsFor(subject, "workos-api-key");
  if (problem) return fail(`${NAME} ${problem.message}`, setAgain(NAME));
  if (subject.emulated.workos) {
    const forReal = subject.isSet(NAME) && !subject.values[NAME]?.startsWith("sk_local_");
    const half = forReal ? ` (${NAME} is set, but without WORKOS_API_URL)` : "";
    return warn(`WorkOS is not configured${half}: the local emulator is used`, FIX.workosEmulator);
  }
  if (!isUsable(subject, "WORKOS_API_URL")) return notChecked("WORKOS_API_URL is malformed");
  const { WORKOS_API_URL = "", WORKOS_API_KEY = "", APP_URL = "" } = subject.values;
  const url = `${WORKOS_API_URL}/user_management/users?limit=1`;
  const { status, json } = await ask(url, { headers: { Authorization: `Bearer ${WORKOS_API_KEY}` } });
  if (status === 401 || status === 403) return fail(answersBut(url, "it rejects this key"), FIX.apiKey);
  if (status !== 200) return fail(answersBut(url, `with status ${status}`), FIX.apiKey);
  if (!Array.isArray(fieldOf(json, "data")))
    return fail(answersBut(url, "not as WorkOS does"), setAgain("WORKOS_API_URL"));
  if (WORKOS_API_KEY.startsWith("sk_test_") && isUsable(subject, "APP_URL") && !isHere(APP_URL)) {
    const said = `WorkOS takes it, but it is a test key (sk_test_) and APP_URL is not this machine`;
    const fix = `For production: ${FIX.apiKey} It starts with sk_live_. For staging it is right.`;
    return subject.production ? fail(said, fix) : warn(said, fix);
  }
  return ok("WorkOS takes it");
};
