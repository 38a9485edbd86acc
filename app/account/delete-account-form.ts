/** Form that deletes an account. */
import { href } from "react-router";
import { defineServerForm } from "../data/define-form.ts";

export const deleteMyAccount = defineServerForm({
  fields: {
    confirm: {
      label: "Yes, delete my account for good",
      check: (value) => (value === "yes" ? null : "Tick this box to go on."),
    },
  },
  done: "Your account has been deleted.",
  to: href("/"),
  unavailable:
    "Your account could not be deleted just now, and nothing was lost. Please try again in a moment.",
});
