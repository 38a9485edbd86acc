/** The organizations of a person, each with the button that goes on in it. */
import type { Membership } from "../auth/workos-account.server.ts";
import { Button } from "../ui/button.tsx";

/** @param currentId The organization of this session. */
export function OrganizationList({
  memberships,
  currentId,
}: {
  memberships: readonly Membership[];
  currentId: string | null;
}) {
  return (
    <ul className="flex flex-col divide-y divide-line rounded-card border border-line bg-surface">
      {memberships.map(({ organizationId, name }) => (
        <li
          key={organizationId}
          className="flex min-h-19 flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4"
        >
          <p className="min-w-0 font-strong">{name}</p>
          {organizationId === currentId ? (
            <p className="text-small text-quiet">Current</p>
          ) : (
            // A document of its own: from the first byte on all of it is of the new organization.
            <form method="post" action="/api/auth/organization">
              <input type="hidden" name="organizationId" value={organizationId} />
              <input type="hidden" name="returnTo" value="/settings/organization" />
              <Button>{`Switch to ${name}`}</Button>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}
