/** Check `edge-secret`: worker and Convex have the same edge secret. */
import { localDefaults } from "../../config.ts";
import { portsFrom } from "../../ports.ts";
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { answersBut } from "../reach.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isHere, isUsable, problemsFor } from "../subject.ts";

const NAME = "CONVEX_EDGE_SECRET";

export const edgeSecret: Check = async ({ subject, ask, found, deployment }) => {
  const [problem] = problemsFor(subject, "edge-secret");
  if (problem) return fail(`${NAME} ${problem.message}`, setAgain(NAME));
  if (subject.emulated.convex) {
    return warn("Convex is not configured: the local emulator is used", FIX.nothingHere);
  }
  if (!isUsable(subject, "CONVEX_URL") || found("convex-url")?.status === "fail")
    return notChecked("convex-url");
  const { CONVEX_URL = "" } = subject.values;
  const isLocal = subject.values[NAME] === localDefaults(portsFrom(undefined))[NAME];
  if (isLocal && !isHere(CONVEX_URL)) {
    return fail(`${NAME} is the local one, which is public`, setAgain(NAME));
  }
  const told = await deployment(ask);
  if (told.kind === "refused")
    return fail(answersBut(CONVEX_URL, `it has another ${NAME}, or none`), FIX.convexVariables(NAME));
  if (told.kind === "silent")
    return notChecked("convex-functions: the deployment has nothing that could tell");
  return ok("both sides have the same");
};
