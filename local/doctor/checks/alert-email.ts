/** Check `alert-email`: alerts can be sent by email, through Resend or to the local outbox. */
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { fail, ok, warn } from "../report.ts";
import { isHere, isUsable, problemsFor, type Subject } from "../subject.ts";

const NAMES = ["RESEND_API_KEY", "ALERT_EMAIL_FROM"] as const;

export const alertEmail: Check = ({ subject }) => {
  const [problem] = problemsFor(subject, "alert-email");
  if (problem) return fail(`${problem.name} ${problem.message}`, setAgain(problem.name));
  const missing = NAMES.filter((name) => !subject.values[name]);
  const [first] = missing;
  if (first === undefined) return ok(`through Resend, from ${subject.values.ALERT_EMAIL_FROM}`);
  if (missing.length < NAMES.length) {
    const other = NAMES.find((name) => name !== first);
    return fail(`${first} is missing: ${other} has no effect without it`, setAgain(first));
  }
  if (usesOutbox(subject)) return ok("not needed: the local outbox shows what would be sent");
  return warn("not set: alerts go to webhooks and Slack, not to email", FIX.alertEmail);
};

/** Returns whether emails go to the outbox of the WorkOS emulator: both services are on this machine. */
function usesOutbox(subject: Subject): boolean {
  return (["WORKOS_API_URL", "CONVEX_URL"] as const).every(
    (name) => isUsable(subject, name) && isHere(subject.values[name] ?? ""),
  );
}
