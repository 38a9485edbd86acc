/** Form for the current user's name, with an optimistic update that is rolled back if Convex rejects it. */
import type { OptimisticLocalStore } from "convex/browser";
import { Fragment, useLayoutEffect, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import type { SessionUser } from "../auth/session.ts";
import { EditForm } from "../data/edit-form.tsx";
import { textsOf } from "../data/form-texts.ts";
import type { FormFailure } from "../data/forms.server.ts";
import { useEdit } from "../data/use-edit.ts";
import type { Viewer } from "../data/viewer.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import {
  PROFILE_FIELDS,
  type ProfileValues,
  profileChanges,
  profileProblems,
  shownName,
} from "./profile-fields.ts";

type Change = ProfileValues & { userId: string };

/**
 * Renders the form.
 *
 * @param viewer - The current user in Convex, live; null if Convex does not answer. Then the form uses HTTP.
 * @param fallback - The user's data in the session.
 * @param failure - The action's errors and the submitted values.
 */
export function ProfileForm({
  viewer,
  fallback,
  failure,
}: {
  viewer: Viewer | null;
  fallback: SessionUser | null;
  failure: FormFailure | null;
}) {
  const [typed, setTyped] = useState<ProfileValues>(() => profileChanges(failure?.values ?? {}));
  const [tried, setTried] = useState(false);
  const edit = useEdit({
    reference: api.users.updateProfile,
    args(fields) {
      if (viewer === null) return undefined;
      setTried(true);
      const changes = profileChanges(fields);
      const [wrong] = Object.keys(profileProblems(changes));
      if (wrong === undefined) return { userId: viewer._id, ...changes };
      const field = edit.form.current?.elements.namedItem(wrong);
      if (field instanceof HTMLElement) field.focus();
      return null;
    },
    optimistic(store: OptimisticLocalStore, { userId: _, ...change }: Change) {
      const known = store.getQuery(api.users.viewer, {}) ?? viewer;
      if (!known) return;
      const trimmed = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value.trim()]));
      store.setQuery(api.users.viewer, {}, { ...known, ...trimmed });
    },
    failure,
    onDone: (args) => setTyped((now) => (args ? without(now, args) : {})),
  });
  // Keeps text typed before hydration, which the next render would overwrite.
  useLayoutEffect(() => {
    if (edit.form.current) setTyped(profileChanges(textsOf(new FormData(edit.form.current))));
  }, [edit.form]);
  const known: ProfileValues = viewer ?? named(fallback);
  const problems = tried ? profileProblems(typed) : {};
  const refusal = edit.refusal ?? edit.failure?.message;
  const saved = edit.done && Object.keys(typed).length === 0;

  return (
    <EditForm edit={edit} className="flex max-w-form flex-col gap-4">
      {refusal ? <Notice kind="alert">{refusal}</Notice> : null}
      {saved ? <Notice kind="status">Saved</Notice> : null}
      {PROFILE_FIELDS.map(({ name, label, autoComplete }) => (
        <Fragment key={name}>
          <input type="hidden" name={shownName(name)} value={known[name] ?? ""} />
          <Field
            label={label}
            name={name}
            autoComplete={autoComplete}
            maxLength={100}
            // A field that is not being edited follows edits in other tabs.
            value={typed[name] ?? known[name] ?? ""}
            onChange={(event) =>
              setTyped(changedBy(typed, name, event.currentTarget.value, known[name] ?? ""))
            }
            error={problems[name] ?? edit.failure?.errors[name]}
          />
        </Fragment>
      ))}
      <div className="flex items-center gap-4">
        <Button look="primary" busy={edit.busy} busyLabel="Saving">
          Save
        </Button>
        {edit.waiting ? <Waiting /> : null}
      </div>
    </EditForm>
  );
}

/** Returns the edited fields after a change. A field with its stored value is no longer edited. */
function changedBy(typed: ProfileValues, name: keyof ProfileValues, value: string, known: string) {
  const { [name]: _, ...others } = typed;
  return value === known ? others : { ...others, [name]: value };
}

/** Returns the fields that were edited after `sent` was submitted. */
function without(typed: ProfileValues, sent: ProfileValues): ProfileValues {
  const fields = Object.entries(typed) as [keyof ProfileValues, string][];
  return Object.fromEntries(fields.filter(([name, value]) => sent[name] !== value));
}

/** Returns the profile values in the session. */
function named(user: SessionUser | null): ProfileValues {
  return { firstName: user?.firstName ?? "", lastName: user?.lastName ?? "" };
}
