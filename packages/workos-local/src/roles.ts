/** Which permissions a role's tokens carry; at WorkOS this is a page of the dashboard. */
const PERMISSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["admin", ["projects:read", "projects:write", "projects:delete", "users:manage"]],
  ["developer", ["projects:read", "projects:write"]],
  ["viewer", ["projects:read"]],
]);

/** The permissions of a role; none for one that is not known. */
export function permissionsOf(role: string): readonly string[] {
  return PERMISSIONS.get(role) ?? [];
}
