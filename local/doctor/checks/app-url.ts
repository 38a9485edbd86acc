/** Check `app-url`: the origin at which users open Mosaic. */
import type { Check } from "../examination.ts";
import { FIX } from "../places.ts";
import { fail, ok, warn } from "../report.ts";
import { isHere, problemsFor } from "../subject.ts";

export const appUrl: Check = ({ subject }) => {
  const [problem] = problemsFor(subject, "app-url");
  if (problem) return fail(`APP_URL ${problem.message}`, FIX.appUrl("https://app.example.com"));
  const { APP_URL = "" } = subject.values;
  const [warning] = subject.warnings;
  if (warning !== undefined) return warn(warning, FIX.appUrl(APP_URL));
  return ok(isHere(APP_URL) ? `${APP_URL}, on this machine` : APP_URL);
};
