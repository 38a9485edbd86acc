/** Forms that revoke sessions. */
import { defineServerForm, given } from "../data/define-form.ts";

export const revokeSession = defineServerForm({
  fields: { sessionId: { check: given("Choose a session to revoke.") } },
  done: "Session revoked",
});

export const revokeOtherSessions = defineServerForm({
  intent: "others",
  fields: {},
  done: "All other sessions revoked",
});
