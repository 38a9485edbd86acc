/** The form for one's own name: shown everywhere at once, taken back with a reason where it is refused. */
import type { OptimisticLocalStore } from "convex/browser";
import { Fragment, useCallback, useState } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import type { SessionUser } from "../auth/session.ts";
import type { FormFailure } from "../forms.server.ts";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Viewer } from "../viewer.ts";
import {
  PROFILE_FIELDS,
  type ProfileValues,
  profileChanges,
  profileProblems,
  shownName,
} from "./profile-fields.ts";

type Change = ProfileValues & { userId: string };

/**
 * @param viewer The person in Convex, live; null where Convex does not answer: then the form goes to the server.
 * @param fallback The person as the session knows them.
 * @param failure Why the server refused the form, and what was typed.
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
  const { state } = useNavigation();
  const showAtOnce = useCallback(
    (store: OptimisticLocalStore, { userId: _, ...change }: Change) => {
      const known = store.getQuery(api.users.viewer, {}) ?? viewer;
      if (!known) return;
      const trimmed = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value.trim()]));
      store.setQuery(api.users.viewer, {}, { ...known, ...trimmed });
    },
    [viewer],
  );
  const { edit, run } = useLiveMutation(api.users.updateProfile, showAtOnce);
  const [typed, setTyped] = useState<ProfileValues>(() => profileChanges(failure?.values ?? {}));
  const [tried, setTried] = useState(false);
  const known: ProfileValues = viewer ?? named(fallback);
  const problems = tried ? profileProblems(typed) : {};
  const refusal = edit.status === "refused" ? edit.message : failure?.message;
  const saved = edit.status === "done" && Object.keys(typed).length === 0;

  return (
    <Form
      method="post"
      className="flex max-w-form flex-col gap-4"
      onSubmit={(event) => {
        if (run === null || viewer === null) return;
        event.preventDefault();
        setTried(true);
        const [wrong] = Object.keys(profileProblems(typed));
        if (wrong !== undefined) {
          const field = event.currentTarget.elements.namedItem(wrong);
          if (field instanceof HTMLElement) field.focus();
          return;
        }
        void run({ userId: viewer._id, ...typed }).then((saved) => saved.done && setTyped({}));
      }}
    >
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
            // What is not being edited here follows what is edited elsewhere.
            value={typed[name] ?? known[name] ?? ""}
            onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
            error={problems[name] ?? failure?.errors[name]}
          />
        </Fragment>
      ))}
      <div className="flex items-center gap-4">
        <Button look="primary" busy={state === "submitting"} busyLabel="Saving">
          Save
        </Button>
        {edit.status === "waiting" ? <Waiting /> : null}
      </div>
    </Form>
  );
}

/** What the session knows of a person. */
function named(user: SessionUser | null): ProfileValues {
  return { firstName: user?.firstName ?? "", lastName: user?.lastName ?? "" };
}
