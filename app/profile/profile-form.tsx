/** The form for one's own name: shown everywhere at once, taken back with a reason where it is refused. */
import type { OptimisticLocalStore } from "convex/browser";
import { useCallback, useState } from "react";
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
import { profileProblems } from "./profile-problems.ts";

type Change = { userId: string; firstName?: string; lastName?: string };

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
    (store: OptimisticLocalStore, { firstName, lastName }: Change) => {
      const known = store.getQuery(api.users.viewer, {}) ?? viewer;
      if (!known) return;
      const names = { firstName: firstName?.trim(), lastName: lastName?.trim() };
      store.setQuery(api.users.viewer, {}, { ...known, ...names });
    },
    [viewer],
  );
  const { edit, run } = useLiveMutation(api.users.updateProfile, showAtOnce);
  const [typed, setTyped] = useState<{ firstName?: string; lastName?: string }>(failure?.values ?? {});
  const [tried, setTried] = useState(false);
  const known = viewer ?? fallback;
  // What is not being edited here follows what is edited elsewhere.
  const firstName = typed.firstName ?? known?.firstName ?? "";
  const lastName = typed.lastName ?? known?.lastName ?? "";
  const problems = tried ? profileProblems({ firstName, lastName }) : {};
  const refusal = edit.status === "refused" ? edit.message : failure?.message;

  return (
    <Form
      method="post"
      className="flex max-w-form flex-col gap-4"
      onSubmit={(event) => {
        if (run === null || viewer === null) return;
        event.preventDefault();
        setTried(true);
        if (Object.keys(profileProblems({ firstName, lastName })).length > 0) return;
        void run({ userId: viewer._id, firstName, lastName }).then((saved) => saved.done && setTyped({}));
      }}
    >
      {refusal ? <Notice kind="alert">{refusal}</Notice> : null}
      {edit.status === "done" ? <Notice kind="status">Saved</Notice> : null}
      <Field
        label="First name"
        name="firstName"
        autoComplete="given-name"
        maxLength={100}
        value={firstName}
        onChange={(event) => setTyped({ ...typed, firstName: event.currentTarget.value })}
        error={problems.firstName ?? failure?.errors.firstName}
      />
      <Field
        label="Last name"
        name="lastName"
        autoComplete="family-name"
        maxLength={100}
        value={lastName}
        onChange={(event) => setTyped({ ...typed, lastName: event.currentTarget.value })}
        error={problems.lastName ?? failure?.errors.lastName}
      />
      <div className="flex items-center gap-4">
        <Button look="primary" busy={state === "submitting"} busyLabel="Saving">
          Save
        </Button>
        {edit.status === "waiting" ? <Waiting /> : null}
      </div>
    </Form>
  );
}
