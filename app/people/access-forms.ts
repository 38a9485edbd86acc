/** Forms that end and restore the access of a user. Each asks for confirmation, and runs on the server. */
import { defineServerForm, HIDDEN } from "../data/define-form.ts";

/** Checked in the dialog, or in the checkbox of a page without JavaScript. */
const CONFIRMED = {
  check: (value: string) => (value === "yes" ? null : "Press the button again, and confirm."),
};

const fields = { userId: HIDDEN, confirm: CONFIRMED };

export const endSessions = defineServerForm({ intent: "end-sessions", fields, done: "Sessions ended" });
export const suspendUser = defineServerForm({ intent: "suspend", fields, done: "Suspended" });
export const restoreUser = defineServerForm({ intent: "restore", fields, done: "Restored" });
