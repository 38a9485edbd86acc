/** Check `sign-out-redirect`: the URL to which WorkOS sends users after a sign-out. No WorkOS API returns it. */
import type { Check } from "../examination.ts";
import { FIX } from "../places.ts";
import { notChecked, ok, warn } from "../report.ts";
import { isHere, isUsable } from "../subject.ts";

export const signOutRedirect: Check = ({ subject }) => {
  if (!isUsable(subject, "WORKOS_API_URL")) return notChecked("WORKOS_API_URL is malformed");
  if (!isUsable(subject, "APP_URL")) return notChecked("APP_URL is malformed");
  const { APP_URL = "", WORKOS_API_URL = "" } = subject.values;
  if (isHere(WORKOS_API_URL)) return ok("not needed: the emulator redirects to any address");
  return warn("cannot be checked from here: WorkOS shows it in its dashboard only", FIX.signOut(APP_URL));
};
