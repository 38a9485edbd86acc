/** Check `convex-functions`: the deployed functions are those of this checkout. */
import { isConvexAnswer, query } from "../convex-deployment.ts";
import type { Check } from "../examination.ts";
import { type FunctionsHere, LateError, NotBundledError } from "../functions-here.ts";
import { FIX } from "../places.ts";
import { type Answer, type Ask, answersBut, fieldOf } from "../reach.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isUsable } from "../subject.ts";

const AT_ONCE = 8;
const MOST_NAMES = 8;

export const convexFunctions: Check = async ({ subject, ask, found, deployment, here }) => {
  if (subject.emulated.convex) {
    return warn("Convex is not configured: the local emulator is used", FIX.nothingHere);
  }
  if (!isUsable(subject, "CONVEX_URL") || found("convex-url")?.status === "fail")
    return notChecked("convex-url");
  const { CONVEX_URL = "" } = subject.values;
  const unknownFunction = await query(ask, CONVEX_URL, "doctor:nothingHasThisName", {});
  if (!isConvexAnswer(unknownFunction))
    return fail(answersBut(CONVEX_URL, `with status ${unknownFunction.status} to a query`), FIX.convexUrl);

  let ours: FunctionsHere;
  try {
    ours = await here();
  } catch (error) {
    if (error instanceof LateError) return notChecked("the functions in convex/ here were not built in time");
    if (!(error instanceof NotBundledError)) throw error;
    return fail(
      "the functions in convex/ here cannot be built",
      "npm run typecheck says what is wrong with them.",
    );
  }
  const told = await deployment(ask);
  // A production deployment hides error messages, so only the fingerprint can be compared there.
  const tellsNames = saysMissing(unknownFunction);
  const missing = tellsNames ? await missingOf(ours.names, ask, CONVEX_URL) : [];
  if (told.kind === "silent" && missing.length === 0) missing.push("doctor:deployment");
  if (missing.length > 0) {
    const named = missing.slice(0, MOST_NAMES).join(", ");
    const more = missing.length > MOST_NAMES ? ` and ${missing.length - MOST_NAMES} more` : "";
    return fail(
      answersBut(CONVEX_URL, `without ${named}${more} of ${ours.names.length} functions`),
      FIX.push,
    );
  }
  const all = `all ${ours.names.length} functions are there`;
  if (told.kind !== "known" || (told.fingerprint === null && !tellsNames)) {
    const reason = told.kind === "known" ? "their version was not recorded" : "the edge secret differs";
    return notChecked(
      `${tellsNames ? `${all}; ` : ""}whether they are this checkout's cannot be seen: ${reason}`,
    );
  }
  if (told.fingerprint === null) return ok(`${all}; their version was not recorded`);
  if (told.fingerprint !== ours.fingerprint)
    return warn(`${tellsNames ? `${all}, but they` : "they"} are others than here`, FIX.push);
  return ok(`${all}, as they are here`);
};

async function missingOf(names: readonly string[], ask: Ask, convexUrl: string): Promise<string[]> {
  const missing: string[] = [];
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (saysMissing(await query(ask, convexUrl, name, {}))) missing.push(name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return missing.sort();
}

function saysMissing({ json }: Answer): boolean {
  return /could not find (public )?function/i.test(String(fieldOf(json, "errorMessage")));
}
