/** Radio group to choose the light, dark or system theme, for use in any form. */
import { useEffect, useId, useRef } from "react";

export type ThemeChoice = "light" | "dark" | "system";

const CHOICES: readonly { value: ThemeChoice; label: string; icon: string }[] = [
  {
    value: "light",
    label: "Light",
    icon: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3.05 3.05l1.06 1.06M11.89 11.89l1.06 1.06M3.05 12.95l1.06-1.06M11.89 4.11l1.06-1.06",
  },
  { value: "dark", label: "Dark", icon: "M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z" },
  { value: "system", label: "System", icon: "M1.5 2.5h13v8.5h-13ZM5.5 14h5M8 11v3" },
];

/**
 * Renders a radio group labeled `Theme`, with the field `theme`.
 *
 * @param value - The current theme.
 * @param onSelect - Called on each selection. Makes the group controlled; without it the browser keeps the
 *   selection until the form is sent.
 */
export function ThemePicker({
  value,
  onSelect,
}: {
  value: ThemeChoice;
  onSelect?: (value: ThemeChoice) => void;
}) {
  const id = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  // Applies a theme that was chosen before hydration.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as it was hydrated
  useEffect(() => {
    const checked = group.current?.querySelector<HTMLInputElement>(":checked")?.value;
    const chosen = CHOICES.find((choice) => choice.value === checked && checked !== value);
    if (chosen) onSelect?.(chosen.value);
  }, []);
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA in HTML allows this very role on a fieldset
    <fieldset ref={group} role="radiogroup" aria-labelledby={id} className="min-w-0">
      <legend id={id} className="mb-1 font-strong">
        Theme
      </legend>
      <div className="inline-flex max-w-full rounded-control bg-inset">
        {CHOICES.map((choice) => (
          <label key={choice.value} className="choice px-3 wide:px-4">
            <input
              type="radio"
              name="theme"
              value={choice.value}
              {...(onSelect
                ? { checked: choice.value === value, onChange: () => onSelect(choice.value) }
                : { defaultChecked: choice.value === value })}
            />
            <svg
              width="16"
              height="16"
              viewBox="0 0 16 16"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
              strokeLinejoin="round"
              aria-hidden="true"
            >
              <path d={choice.icon} />
            </svg>
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
