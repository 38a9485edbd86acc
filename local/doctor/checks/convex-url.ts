/** Check `convex-url`: a Convex deployment responds at this URL. */
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { answersBut } from "../reach.ts";
import { fail, ok, warn } from "../report.ts";
import { problemsFor } from "../subject.ts";

export const convexUrl: Check = async ({ subject, ask }) => {
  const [problem] = problemsFor(subject, "convex-url");
  if (problem) return fail(`CONVEX_URL ${problem.message}`, setAgain("CONVEX_URL"));
  if (subject.emulated.convex) {
    return warn("Convex is not configured: the local emulator is used", FIX.convexEmulator);
  }
  const { CONVEX_URL = "" } = subject.values;
  if (new URL(CONVEX_URL).hostname.endsWith(".convex.site")) {
    const right = CONVEX_URL.replace(/\.site$/, ".cloud");
    return fail(`CONVEX_URL is where HTTP actions answer; it should be ${right}`, FIX.convexUrl);
  }
  const url = `${CONVEX_URL}/version`;
  const { status, text } = await ask(url);
  if (status !== 200) return fail(answersBut(url, `with status ${status}`), FIX.convexUrl);
  // A version is short text. A page comes from another server.
  if (text.length > 200 || text.trimStart().startsWith("<")) {
    return fail(answersBut(url, "not as Convex does"), FIX.convexUrl);
  }
  return ok(`${CONVEX_URL} answers`);
};
