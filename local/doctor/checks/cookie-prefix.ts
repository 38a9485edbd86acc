/** Check `cookie-prefix`: other sites of the domain cannot set Mosaic's cookies. */
import type { Check } from "../examination.ts";
import { FIX } from "../places.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isUsable, problemsFor } from "../subject.ts";

export const cookiePrefix: Check = ({ subject }) => {
  const [problem] = problemsFor(subject, "cookie-prefix");
  if (problem) return fail(`COOKIE_PREFIX ${problem.message}`, FIX.cookiePrefix);
  if (!isUsable(subject, "APP_URL")) return notChecked("APP_URL is malformed");
  const { APP_URL = "", COOKIE_PREFIX = "" } = subject.values;
  if (!APP_URL.startsWith("https:")) return ok("not needed: APP_URL is http");
  if (COOKIE_PREFIX === "") {
    return warn(
      "COOKIE_PREFIX is empty: other sites of the same domain can set Mosaic's cookies",
      FIX.cookiePrefix,
    );
  }
  return ok(`${COOKIE_PREFIX}: only Mosaic can set its cookies`);
};
