/**
 * Roles and permissions.
 *
 * The app reads this file too, to hide buttons that would be rejected, so it imports nothing.
 */

/** All permissions that a role may grant. */
export const PERMISSIONS = [
  /** Read any user, list all users. */
  "users.readAny",
  "users.setRole",
  // agents:start
  "projects.create",
  /** See any project with its metrics and members. */
  "projects.readAny",
  /** Change the projects that the user owns: name, members, invitations, API keys. */
  "projects.manageOwn",
  "projects.manageAny",
  "projects.delete",
  // agents:end
  "auditLogs.readAny",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const GRANTS = {
  admin: PERMISSIONS,
  developer: [
    // agents:start
    "projects.create",
    "projects.manageOwn",
    // agents:end
  ],
  viewer: [],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof GRANTS;

export const ROLES = Object.keys(GRANTS) as Role[];

/** The role of a new user without a role claim. */
export const DEFAULT_ROLE: Role = "developer";

// agents:start
/** A user's role in a project. */
export type Membership = "owner" | "member";
// agents:end

export function isRole(value: unknown): value is Role {
  return typeof value === "string" && Object.hasOwn(GRANTS, value);
}

export function roleAllows(role: Role, permission: Permission): boolean {
  const grants: readonly Permission[] = GRANTS[role];
  return grants.includes(permission);
}

// agents:start
/**
 * Returns whether a user may see a project.
 *
 * @param membership - The user's membership in the project; null for a user who is not a member.
 */
export function maySeeProject(role: Role, membership: Membership | null): boolean {
  return membership !== null || roleAllows(role, "projects.readAny");
}

/**
 * Returns whether a user may rename a project and change its members, invitations and API keys. The role
 * viewer may not, even as owner.
 *
 * @param membership - The user's membership in the project; null for a user who is not a member.
 */
export function mayManageProject(role: Role, membership: Membership | null): boolean {
  if (roleAllows(role, "projects.manageAny")) return true;
  return membership === "owner" && roleAllows(role, "projects.manageOwn");
}
// agents:end
