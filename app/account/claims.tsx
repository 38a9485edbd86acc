/** Identity of the current user in Mosaic and WorkOS, with the claims that route guards check. */
import type { ReactNode } from "react";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { useWorkOS } from "../data/use-workos.ts";
import { RelativeTime } from "../ui/relative-time.tsx";

/** The claims of this session's access token. */
export type Claims = { role: string | null; permissions: readonly string[]; organizationId: string | null };

export function Identity({ claims }: { claims: Claims }) {
  const { workosUser, convexUser } = useWorkOS();
  const display = useDisplaySettings();
  return (
    <dl className="grid gap-x-6 gap-y-3 wide:grid-cols-[max-content_minmax(0,1fr)]">
      <Fact name="E-mail">{convexUser?.email ?? workosUser?.email}</Fact>
      <Fact name="Role in Mosaic">{convexUser?.role ?? "Not known just now"}</Fact>
      {convexUser ? (
        <Fact name="Here since">
          <RelativeTime at={convexUser.createdAt} {...display} />
        </Fact>
      ) : null}
      <Fact name="Role at WorkOS">{claims.role ?? "None"}</Fact>
      <Fact name="Permissions at WorkOS">{claims.permissions.join(", ") || "None"}</Fact>
      <Fact name="Organization">{claims.organizationId ?? "None"}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
