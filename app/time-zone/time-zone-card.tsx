/** Card with the form for the user's time zone. */
import { EditField, EditForm } from "../data/edit-form.tsx";
import { shownTimeZone } from "../data/formats.ts";
import { useLive } from "../data/live-context.ts";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { formatMinute } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { saveTimeZone } from "./time-zone-form.ts";

/**
 * Renders the card.
 *
 * @param zones - The suggested time zones.
 */
export function TimeZoneCard({ zones }: { zones: readonly string[] }) {
  const { viewer } = useLive();
  const display = useDisplaySettings();
  const stored = viewer?.preferences.timeZone ?? "UTC";
  const edit = useEdit(saveTimeZone, { shown: viewer });
  return (
    <Card title="Times" intro="All times are shown in your own zone.">
      {edit.errors.form ? <Notice kind="alert">{edit.errors.form}</Notice> : null}
      {edit.done ? <Notice kind="status">{edit.done}</Notice> : null}
      <EditForm edit={edit} className="form-row max-w-form">
        <EditField
          edit={edit}
          name="timeZone"
          list={zones}
          // Follows the stored value until the user types, also before hydration.
          defaultValue={viewer?.preferences.timeZone ?? ""}
          help={
            shownTimeZone(stored) === stored
              ? `Local time: ${formatMinute(display.now, display)}`
              : `The time zone ${stored} is not known here, so times are shown in UTC.`
          }
        />
        <Button busy={edit.busy} busyLabel="Saving">
          Save time zone
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </Card>
  );
}
