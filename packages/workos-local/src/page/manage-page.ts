/** Page with users, their memberships, and invitations. */
import type { Reply } from "../reply.ts";
import type { Invitation } from "../store/invitation-store.ts";
import type { Membership, Organization } from "../store/organization-store.ts";
import type { User } from "../store/user-store.ts";
import { htmlPage } from "./document.ts";
import { type Html, html } from "./html.ts";

export type Managed = {
  users: readonly { user: User; memberships: readonly Membership[] }[];
  organizations: readonly Organization[];
  invitations: readonly { invitation: Invitation; acceptUrl: string }[];
};

/** Returns the page. Its forms change memberships, and each change sends its webhook. */
export function managePage({ users, organizations, invitations }: Managed): Reply {
  const content = html`<h1>Users and organizations</h1>
<p class="quiet">Each change sends its webhook, as WorkOS does. See also the <a href="/outbox">outbox</a>.</p>
<h2>Users</h2>
<ul>
${users.map(({ user, memberships }) => userItem(user, memberships, organizations))}</ul>
<h2>Invitations</h2>
${invitations.length === 0 ? html`<p>No invitations yet.</p>` : null}
<ul>
${invitations.map(
  ({ invitation, acceptUrl }) => html`<li class="email">${invitation.email}: ${invitation.state}${
    invitation.state === "pending" ? html`, <a href="${acceptUrl}">accept</a>` : null
  }</li>
`,
)}</ul>`;
  return htmlPage(200, { title: "Users and organizations", content, hasForms: true });
}

function userItem(
  user: User,
  memberships: readonly Membership[],
  organizations: readonly Organization[],
): Html {
  const others = organizations.filter(
    ({ id }) => !memberships.some(({ organizationId }) => organizationId === id),
  );
  return html`<li class="email"><strong>${user.email}</strong> <span class="quiet">${user.id}</span>
${memberships.map(membershipForm)}${
  others.length === 0
    ? null
    : html`<form method="post" action="/_page/memberships">
<input type="hidden" name="user" value="${user.id}">
<label>Organization <select name="organization">${others.map(
        ({ id, name }) => html`<option value="${id}">${name}</option>`,
      )}</select></label>
<button>Add ${user.email} to it</button>
</form>`
}</li>
`;
}

function membershipForm(membership: Membership): Html {
  const isActive = membership.status === "active";
  return html`<form method="post" action="/_page/membership">
<p>${membership.organizationName}: ${membership.role}, ${membership.status}</p>
<input type="hidden" name="membership" value="${membership.id}">
<button name="action" value="${isActive ? "suspend" : "restore"}">${isActive ? "Suspend" : "Restore"} in ${membership.organizationName}</button>
<button name="action" value="remove">Remove from ${membership.organizationName}</button>
</form>`;
}
