/**
 * Who may do what: every role, every permission, one closed table.
 *
 * The app reads it too, to show no button that would be refused; so this file imports nothing.
 */

/** Everything that a role may allow, whoever owns the thing. */
export const PERMISSIONS = [
  /** Look up any person, list all of them. */
  "users.readAny",
  "users.setRole",
  "projects.create",
  /** See any project, its figures and its people. */
  "projects.readAny",
  /** Change a project of one's own: name, members, invitations, keys. */
  "projects.manageOwn",
  "projects.manageAny",
  "projects.delete",
  "auditLogs.readAny",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const GRANTS = {
  admin: PERMISSIONS,
  developer: ["projects.create", "projects.manageOwn"],
  viewer: [],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof GRANTS;

export const ROLES = Object.keys(GRANTS) as Role[];

/** The role of someone about whom nothing else is known. */
export const DEFAULT_ROLE: Role = "developer";

/** What a person is to a project. */
export type Membership = "owner" | "member";

export function isRole(value: unknown): value is Role {
  return typeof value === "string" && Object.hasOwn(GRANTS, value);
}

export function roleAllows(role: Role, permission: Permission): boolean {
  const grants: readonly Permission[] = GRANTS[role];
  return grants.includes(permission);
}

/** @param membership What the person is to the project; null when they are not in it. */
export function maySeeProject(role: Role, membership: Membership | null): boolean {
  return membership !== null || roleAllows(role, "projects.readAny");
}

/** Rename, members, invitations, keys. A viewer only reads, also what they own. */
export function mayManageProject(role: Role, membership: Membership | null): boolean {
  if (roleAllows(role, "projects.manageAny")) return true;
  return membership === "owner" && roleAllows(role, "projects.manageOwn");
}
