/** Edits the current user's name. */
import { Fragment, useLayoutEffect, useState } from "react";
import type { SessionUser } from "../auth/session.ts";
import { EditField, EditForm } from "../data/edit-form.tsx";
import { textsOf, useFailure } from "../data/form-action.ts";
import type { Viewer } from "../data/page-query.server.ts";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import {
  PROFILE_NAMES,
  type ProfileName,
  type ProfileValues,
  profileChanges,
  saveProfile,
  shownName,
} from "./profile-form.ts";

/**
 * Renders the form.
 *
 * @param viewer - The current user in Convex, live; null if Convex does not answer. Then the form uses HTTP.
 * @param fallback - The user's data in the session.
 */
export function EditProfile({ viewer, fallback }: { viewer: Viewer | null; fallback: SessionUser | null }) {
  const failure = useFailure();
  const [typed, setTyped] = useState<ProfileValues>(() => profileChanges(failure?.values ?? {}));
  const edit = useEdit(saveProfile, {
    params: viewer && { userId: viewer._id },
    shown: viewer,
    onDone: (args) => setTyped((now) => (args ? without(now, args) : {})),
  });
  // Keeps text typed before hydration, which the next render would overwrite.
  useLayoutEffect(() => {
    if (edit.ref.current) setTyped(profileChanges(textsOf(new FormData(edit.ref.current))));
  }, [edit.ref]);
  const known: ProfileValues = viewer ?? named(fallback);
  const saved = edit.done && Object.keys(typed).length === 0;

  return (
    <EditForm edit={edit} className="flex max-w-form flex-col gap-4">
      {edit.errors.form ? <Notice kind="alert">{edit.errors.form}</Notice> : null}
      {saved ? <Notice kind="status">{edit.done}</Notice> : null}
      {PROFILE_NAMES.map((name) => (
        <Fragment key={name}>
          <input type="hidden" name={shownName(name)} value={known[name] ?? ""} />
          <EditField
            edit={edit}
            name={name}
            maxLength={100}
            // A field that is not being edited follows edits in other tabs.
            value={typed[name] ?? known[name] ?? ""}
            onChange={(event) =>
              setTyped(changedBy(typed, name, event.currentTarget.value, known[name] ?? ""))
            }
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
function changedBy(typed: ProfileValues, name: ProfileName, value: string, known: string) {
  const { [name]: _, ...others } = typed;
  return value === known ? others : { ...others, [name]: value };
}

/** Returns the fields that were edited after `sent` was submitted. */
function without(typed: ProfileValues, sent: ProfileValues): ProfileValues {
  const fields = Object.entries(typed) as [ProfileName, string][];
  return Object.fromEntries(fields.filter(([name, value]) => sent[name] !== value));
}

/** Returns the profile values in the session. */
function named(user: SessionUser | null): ProfileValues {
  return { firstName: user?.firstName ?? "", lastName: user?.lastName ?? "" };
}
