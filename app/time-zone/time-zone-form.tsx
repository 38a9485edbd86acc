/** Form for the user's time zone, with an optimistic update that is rolled back if Convex rejects it. */
import type { OptimisticLocalStore } from "convex/browser";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { looksLikeTimeZone, TIME_ZONE_PROBLEM } from "../../convex/model/timeZones.ts";
import { EditForm } from "../data/edit-form.tsx";
import { shownTimeZone } from "../data/formats.ts";
import type { FormFailure } from "../data/forms.server.ts";
import { useLive } from "../data/live-context.ts";
import { useEdit } from "../data/use-edit.ts";
import { usePlace } from "../data/use-place.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { formatMinute } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";

/**
 * Renders the form.
 *
 * @param zones - The suggested time zones.
 * @param failure - The action's errors and the submitted values.
 */
export function TimeZoneForm({
  zones,
  failure,
}: {
  zones: readonly string[];
  failure: FormFailure | undefined;
}) {
  const { viewer } = useLive();
  const place = usePlace();
  const stored = viewer?.preferences.timeZone ?? "UTC";
  const [unknown, setUnknown] = useState(false);
  const edit = useEdit({
    reference: api.preferences.set,
    args({ timeZone: typed = "" }) {
      const timeZone = typed.trim();
      const isKnown = looksLikeTimeZone(timeZone);
      setUnknown(!isKnown);
      return isKnown ? { timeZone } : null;
    },
    optimistic(store: OptimisticLocalStore, { timeZone }) {
      const known = store.getQuery(api.users.viewer, {}) ?? viewer;
      if (!known || timeZone === undefined) return;
      store.setQuery(api.users.viewer, {}, { ...known, preferences: { ...known.preferences, timeZone } });
    },
    failure,
    stay: true,
  });
  const error = unknown ? TIME_ZONE_PROBLEM : (edit.refusal ?? edit.failure?.errors.timeZone);
  return (
    <Card title="Times" intro="Every time and every chart is shown in your own zone.">
      {edit.failure?.message ? <Notice kind="alert">{edit.failure.message}</Notice> : null}
      {edit.done ? <Notice kind="status">Saved</Notice> : null}
      <EditForm edit={edit} className="form-row max-w-form">
        <Field
          label="Time zone"
          name="timeZone"
          list={zones}
          required
          autoComplete="off"
          spellCheck={false}
          placeholder="UTC"
          // Follows the stored value until the user types, also before hydration.
          defaultValue={edit.failure?.values.timeZone ?? viewer?.preferences.timeZone ?? ""}
          help={
            shownTimeZone(stored) === stored
              ? `Local time: ${formatMinute(place.now, place)}`
              : `The time zone ${stored} is not known here, so times are shown in UTC.`
          }
          error={error}
        />
        <Button busy={edit.busy} busyLabel="Saving">
          Save time zone
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </Card>
  );
}
