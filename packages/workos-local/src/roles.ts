/** Permissions of each role. In WorkOS they are configured in the dashboard. */
const PERMISSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["admin", ["projects:read", "projects:write", "projects:delete", "users:manage"]],
  ["developer", ["projects:read", "projects:write"]],
  ["viewer", ["projects:read"]],
]);

/** Returns the permissions of a role; none for an unknown role. */
export function permissionsOf(role: string): readonly string[] {
  return PERMISSIONS.get(role) ?? [];
}
