/** List of a user's organizations, with a button to switch to each. */
import { href } from "react-router";
import type { Membership } from "../auth/workos-account.server.ts";
import { Button } from "../ui/button.tsx";

/**
 * Renders the list.
 *
 * @param currentId - The organization of this session; null if there is none.
 */
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
            // A full page load, so that no data of the previous organization remains.
            <form method="post" action={href("/api/auth/organization")}>
              <input type="hidden" name="organizationId" value={organizationId} />
              <input type="hidden" name="returnTo" value={href("/settings/organization")} />
              <Button>{`Switch to ${name}`}</Button>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}
