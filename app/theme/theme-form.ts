/** Form that chooses a theme. Guests have it too. */
import { defineServerForm } from "../data/define-form.ts";
import { isTheme } from "../ui/theme.ts";

export const chooseTheme = defineServerForm({
  fields: {
    theme: { label: "Theme", check: (value) => (isTheme(value) ? null : "Choose Light, Dark or System.") },
  },
  rejectedAt: "theme",
  done: "Saved",
});
