/** Row of the user list, with an optimistic role change that is rolled back if Convex rejects it. */
import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import { useLayoutEffect, useRef, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { isRole, ROLES, type Role } from "../../convex/model/roles.ts";
import { EditForm } from "../data/edit-form.tsx";
import type { FormFailure } from "../data/forms.server.ts";
import { useEdit } from "../data/use-edit.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";

export type Person = FunctionReturnType<typeof api.users.list>["page"][number];

function showAtOnce(store: OptimisticLocalStore, { userId, role }: { userId: string; role: Role }): void {
  for (const { args, value } of store.getAllQueries(api.users.list)) {
    if (value === undefined) continue;
    const page = value.page.map((person) => (person._id === userId ? { ...person, role } : person));
    store.setQuery(api.users.list, args, { ...value, page });
  }
}

/**
 * Renders a user with the form that changes the role.
 *
 * @param isViewer - Whether this is the current user.
 * @param failure - The action's error, if the last form was about this user.
 */
export function PersonRow({
  person,
  isViewer,
  failure,
}: {
  person: Person;
  isViewer: boolean;
  failure: FormFailure | undefined;
}) {
  const [chosen, setChosen] = useState<Role | null>(null);
  const select = useRef<HTMLSelectElement>(null);
  // Keeps a role that was chosen before hydration.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as it was hydrated
  useLayoutEffect(() => {
    const shown = select.current?.value;
    if (isRole(shown) && shown !== person.role) setChosen(shown);
  }, []);
  const edit = useEdit({
    reference: api.users.setRole,
    args: ({ role }) => (isRole(role) ? { userId: person._id, role } : null),
    optimistic: showAtOnce,
    failure,
    stay: true,
    onDone: () => setChosen(null),
    onRejected: () => setChosen(null),
  });
  const { _id, email, firstName, lastName, profilePictureUrl } = person;
  const name = [firstName, lastName].filter(Boolean).join(" ") || null;
  const role = chosen ?? person.role;
  const refusal = edit.refusal ?? edit.failure?.message;
  return (
    <li className="row">
      <div className="flex min-w-0 items-center gap-3">
        <Avatar name={name} email={email} src={profilePictureUrl ?? null} />
        <div className="min-w-0">
          <p className="font-strong [overflow-wrap:anywhere]">
            <span>{name ?? email}</span>
            {isViewer ? <span className="font-normal text-quiet"> (you)</span> : null}
          </p>
          {name ? <p className="text-small text-quiet [overflow-wrap:anywhere]">{email}</p> : null}
        </div>
      </div>
      <EditForm edit={edit} className="flex flex-wrap items-center justify-end gap-2">
        <input type="hidden" name="userId" value={_id} />
        {edit.waiting ? <Waiting /> : null}
        {edit.done && role === person.role ? (
          <span role="status" className="text-small text-quiet">
            Saved
          </span>
        ) : null}
        <select
          ref={select}
          name="role"
          aria-label={`Role of ${email}`}
          value={role}
          onChange={({ currentTarget: { value } }) => isRole(value) && setChosen(value)}
          className="input select"
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <Button busy={edit.busy} busyLabel="Saving">
          Save role
        </Button>
        {refusal ? (
          <div className="basis-full">
            <Notice kind="alert">{refusal}</Notice>
          </div>
        ) : null}
      </EditForm>
    </li>
  );
}
