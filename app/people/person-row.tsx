/** Row of the user list, with the form that changes the role. */
import type { FunctionReturnType } from "convex/server";
import { useId, useLayoutEffect, useRef, useState } from "react";
import type { api } from "../../convex/_generated/api.js";
import { isRole, ROLES, type Role } from "../../convex/model/roles.ts";
import { EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { AccessControls } from "./access-controls.tsx";
import { saveRole } from "./people-forms.ts";

/** What a suspension leaves as it is. */
const SUSPENDED = [
  "May not sign in until restored.",
  "API keys and agents of their projects go on.", // agents:line
].join(" ");

export type Person = FunctionReturnType<typeof api.users.list>["page"][number];

/**
 * Renders a user with the form that changes the role.
 *
 * @param isViewer - Whether this is the current user.
 */
export function PersonRow({ person, isViewer }: { person: Person; isViewer: boolean }) {
  const emailId = useId();
  const [chosen, setChosen] = useState<Role | null>(null);
  const select = useRef<HTMLSelectElement>(null);
  // Keeps a role that was chosen before hydration.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as it was hydrated
  useLayoutEffect(() => {
    const shown = select.current?.value;
    if (isRole(shown) && shown !== person.role) setChosen(shown);
  }, []);
  const edit = useEdit(saveRole, {
    fixed: { userId: person._id },
    onDone: () => setChosen(null),
    onRejected: () => setChosen(null),
  });
  const { email, firstName, lastName, profilePictureUrl } = person;
  const name = [firstName, lastName].filter(Boolean).join(" ") || null;
  const role = chosen ?? person.role;
  return (
    <li className="row">
      <div className="flex min-w-0 items-center gap-3">
        <Avatar name={name} email={email} src={profilePictureUrl ?? null} />
        <div className="min-w-0">
          <p className="font-strong [overflow-wrap:anywhere]">
            {name ? <span>{name}</span> : <span id={emailId}>{email}</span>}
            {isViewer ? <span className="font-normal text-quiet"> (you)</span> : null}
            {person.status === "suspended" ? (
              <span className="font-normal text-quiet"> Suspended</span>
            ) : null}
          </p>
          {name ? (
            <p id={emailId} className="text-small text-quiet [overflow-wrap:anywhere]">
              {email}
            </p>
          ) : null}
          {person.status === "suspended" ? <p className="text-small text-quiet">{SUSPENDED}</p> : null}
        </div>
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2">
        <EditForm edit={edit} className="flex flex-wrap items-center justify-end gap-2">
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
          {edit.errors.form ? (
            <div className="basis-full">
              <Notice kind="alert">{edit.errors.form}</Notice>
            </div>
          ) : null}
        </EditForm>
        <AccessControls person={person} about={emailId} isViewer={isViewer} />
      </div>
    </li>
  );
}
