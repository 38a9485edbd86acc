import { expect, test } from "vitest";
import { isRole, mayManageProject, maySeeProject, PERMISSIONS, ROLES, roleAllows } from "./roles.ts";

test("the role admin grants every permission, the role viewer none", () => {
  for (const permission of PERMISSIONS) {
    expect(roleAllows("admin", permission)).toBe(true);
    expect(roleAllows("viewer", permission)).toBe(false);
  }
});

// agents:start
test("members and admins see a project, its owner and admins manage it", () => {
  const seen = ROLES.map((role) => [
    maySeeProject(role, "owner"),
    maySeeProject(role, "member"),
    maySeeProject(role, null),
  ]);
  expect(Object.fromEntries(ROLES.map((role, i) => [role, seen[i]]))).toEqual({
    admin: [true, true, true],
    developer: [true, true, false],
    viewer: [true, true, false],
  });
  const managed = (role: (typeof ROLES)[number]) =>
    (["owner", "member", null] as const).map((membership) => mayManageProject(role, membership));
  expect(managed("admin")).toEqual([true, true, true]);
  expect(managed("developer")).toEqual([true, false, false]);
  expect(managed("viewer")).toEqual([false, false, false]);
});
// agents:end

test("names of inherited object properties are not roles", () => {
  for (const word of ["constructor", "toString", "__proto__", "", "Admin", null, 7])
    expect(isRole(word)).toBe(false);
  for (const role of ROLES) expect(isRole(role)).toBe(true);
});
