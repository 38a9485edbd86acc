/** The person's time zone: every time follows at once, and goes back with a reason where it is refused. */
import type { OptimisticLocalStore } from "convex/browser";
import { useCallback, useState } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import type { FormFailure } from "../forms.server.ts";
import { useLive } from "../live/live-context.ts";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { usePlace } from "../live/use-place.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { formatMoment } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";

/** @param zones What is proposed. @param failure Why the server refused the form, and what was typed. */
export function TimeZoneForm({
  zones,
  failure,
}: {
  zones: readonly string[];
  failure: FormFailure | undefined;
}) {
  const { viewer } = useLive();
  const place = usePlace();
  const { formData } = useNavigation();
  const showAtOnce = useCallback(
    (store: OptimisticLocalStore, { timeZone }: { timeZone?: string }) => {
      const known = store.getQuery(api.users.viewer, {}) ?? viewer;
      if (!known || timeZone === undefined) return;
      store.setQuery(api.users.viewer, {}, { ...known, preferences: { ...known.preferences, timeZone } });
    },
    [viewer],
  );
  const { edit, run } = useLiveMutation(api.preferences.set, showAtOnce);
  const [typed, setTyped] = useState<string | null>(failure?.values.timeZone ?? null);
  const [unknown, setUnknown] = useState(false);
  const stored = viewer?.preferences.timeZone ?? "";
  const error = unknown
    ? "Choose a time zone from the list, such as Europe/Berlin."
    : edit.status === "refused"
      ? edit.message
      : failure?.errors.timeZone;
  return (
    <Card title="Times" intro="Every time and every chart is shown in your own zone.">
      {failure?.message ? <Notice kind="alert">{failure.message}</Notice> : null}
      {edit.status === "done" && typed === null ? <Notice kind="status">Saved</Notice> : null}
      <Form
        method="post"
        preventScrollReset
        className="form-row max-w-form"
        onSubmit={(event) => {
          if (run === null) return;
          event.preventDefault();
          const timeZone = (typed ?? stored).trim();
          const isKnown = isTimeZone(timeZone);
          setUnknown(!isKnown);
          if (isKnown) void run({ timeZone }).then((saved) => saved.done && setTyped(null));
        }}
      >
        <Field
          label="Time zone"
          name="timeZone"
          list={zones}
          required
          autoComplete="off"
          spellCheck={false}
          placeholder="UTC"
          value={typed ?? stored}
          onChange={(event) => setTyped(event.currentTarget.value)}
          help={`There it is ${formatMoment(place.now, place)}`}
          error={error ?? undefined}
        />
        <Button busy={formData?.has("timeZone")} busyLabel="Saving">
          Save time zone
        </Button>
      </Form>
      {edit.status === "waiting" ? <Waiting /> : null}
    </Card>
  );
}

/** What the browser cannot show times in would break the page before Convex could refuse it. */
function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone !== "";
  } catch {
    return false;
  }
}
