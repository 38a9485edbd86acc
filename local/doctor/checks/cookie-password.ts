/** Check `cookie-password`: the password that seals session cookies. */
import { localDefaults } from "../../config.ts";
import { portsFrom } from "../../ports.ts";
import type { Check } from "../examination.ts";
import { setAgain } from "../places.ts";
import { fail, ok, warn } from "../report.ts";
import { isHere, isUsable, problemsFor } from "../subject.ts";

const NAME = "WORKOS_COOKIE_PASSWORD";

export const cookiePassword: Check = ({ subject }) => {
  const [problem] = problemsFor(subject, "cookie-password");
  if (problem) return fail(`${NAME} ${problem.message}`, setAgain(NAME));
  const password = subject.values[NAME] ?? "";
  const outside = isUsable(subject, "APP_URL") && !isHere(subject.values.APP_URL ?? "");
  if (!subject.isSet(NAME)) {
    return outside
      ? warn(`${NAME} is not set: npm start makes one of its own, which nobody else has`, setAgain(NAME))
      : warn(`${NAME} is not set: the public local one is used`, "Nothing, on this machine.");
  }
  if (outside && password === localDefaults(portsFrom(undefined))[NAME]) {
    return fail(`${NAME} is the local one, which is public`, setAgain(NAME));
  }
  if (!password.trimStart().startsWith("{")) return ok("one password, long enough");
  const numbers = Object.keys(JSON.parse(password)).map(Number);
  return ok(
    `passwords ${numbers.join(", ")}, each long enough; number ${Math.max(...numbers)} seals, all open`,
  );
};
