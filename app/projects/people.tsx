/** Members and invitations of a project, with the forms to add and remove them. */
import { useId } from "react";
import { ActForm } from "../data/act-form.tsx";
import { Avatar } from "../ui/avatar.tsx";
import { Card } from "../ui/card.tsx";
import { formatCount } from "../ui/format-number.ts";
import { Waiting } from "../ui/waiting.tsx";
import { AddMember, type Inviting, useAddMember } from "./add-member.tsx";
import { removeMember, withdrawInvitation } from "./project-forms.ts";
import type { Project } from "./project-query.ts";

type Member = Project["members"][number];

/**
 * Lists the members and invitations of a project.
 *
 * @param manages - Whether the current user may change them.
 * @param viewerId - The current user's id; null if unknown.
 * @param inviting - How invited users learn that they are.
 */
export function People({
  project,
  manages,
  viewerId,
  inviting,
}: {
  project: Project;
  manages: boolean;
  viewerId: string | null;
  inviting: Inviting;
}) {
  const { sendsInvitations } = inviting;
  const adding = useAddMember(project._id, sendsInvitations);
  const shown = new Set(project.invited);
  const arriving = adding.pending.flatMap((args) => (args && !shown.has(args.email) ? [args.email] : []));
  return (
    <Card title="People" intro={formatCount(project.members.length, "member")}>
      <ul className="rows">
        {project.members.map((member) => (
          <MemberRow
            key={member.userId}
            projectId={project._id}
            member={member}
            isViewer={member.userId === viewerId}
            removable={manages && member.role !== "owner"}
          />
        ))}
        {arriving.map((email) => (
          <li key={`arriving ${email}`} className="row">
            <Person name={null} email={email} picture={null} words="Will be added" />
            <Waiting />
          </li>
        ))}
        {project.invited.map((email) => (
          <InviteRow
            key={`invited ${email}`}
            projectId={project._id}
            email={email}
            withdrawable={manages}
            overHttp={sendsInvitations}
          />
        ))}
      </ul>
      {manages ? <AddMember edit={adding} inviting={inviting} /> : null}
    </Card>
  );
}

function MemberRow({
  projectId,
  member,
  isViewer,
  removable,
}: {
  projectId: string;
  member: Member;
  isViewer: boolean;
  removable: boolean;
}) {
  const id = useId();
  const { userId, firstName, lastName, email, role, profilePictureUrl, suspended } = member;
  const name = [firstName, lastName].filter(Boolean).join(" ") || null;
  const words = [
    role === "owner" ? "Owner" : "Member",
    ...(isViewer ? ["you"] : []),
    ...(suspended ? ["Suspended: may not sign in; API keys and agents of this project go on"] : []),
  ].join(", ");
  return (
    <li className="row">
      <Person id={id} name={name} email={email} picture={profilePictureUrl ?? null} words={words} />
      {removable ? (
        <ActForm
          form={removeMember}
          options={{ params: { projectId }, fixed: { userId } }}
          about={id}
          busyLabel="Removing"
        >
          Remove
        </ActForm>
      ) : null}
    </li>
  );
}

function InviteRow({
  projectId,
  email,
  withdrawable,
  overHttp,
}: {
  projectId: string;
  email: string;
  withdrawable: boolean;
  overHttp: boolean;
}) {
  const id = useId();
  return (
    <li className="row">
      <Person
        id={id}
        name={null}
        email={email}
        picture={null}
        words="Invited: joins at their first sign-in with this address"
      />
      {withdrawable ? (
        <ActForm
          form={{ ...withdrawInvitation, overHttp }}
          options={{ params: { projectId }, fixed: { email } }}
          about={id}
          busyLabel="Withdrawing"
        >
          Withdraw
        </ActForm>
      ) : null}
    </li>
  );
}

function Person({
  id,
  name,
  email,
  picture,
  words,
}: {
  id?: string;
  name: string | null;
  email: string;
  picture: string | null;
  words: string;
}) {
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Avatar name={name} email={email} src={picture} />
      <div className="min-w-0">
        <p id={id} className="[overflow-wrap:anywhere]">
          {name ? <span className="font-strong">{name}</span> : null}
          {email ? (
            <span className={name ? "text-quiet" : "font-strong"}>{name ? ` ${email}` : email}</span>
          ) : null}
          {name || email ? null : <span className="text-quiet">A deleted account</span>}
        </p>
        <p className="text-small text-quiet">{words}</p>
      </div>
    </div>
  );
}
