/** Demo users and organizations. Their ids are fixed, so that app data still matches after the emulator was reset. */
import type { Store } from "./store/store.ts";

export type DemoUser = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  /** Shown on the sign-in page. */
  about: string;
  /** A role claim without an organization. */
  role: string | null;
  memberships: { organizationId: string; role: string }[];
};

/** Has no requirements. */
export const ACME = { id: "org_01LOCALACME000000000000000", name: "Acme" };
/** Requires sign-in through its SSO connection. */
export const GLOBEX = { id: "org_01LOCALGLOBEX0000000000000", name: "Globex" };
/** Requires a second factor. */
export const INITECH = { id: "org_01LOCALINITECH000000000000", name: "Initech" };

export const DEMO_USERS: readonly DemoUser[] = [
  {
    id: "user_01LOCALADA0000000000000000",
    email: "ada@example.com",
    firstName: "Ada",
    lastName: "Lovelace",
    about: "Admin",
    role: null,
    memberships: [
      { organizationId: ACME.id, role: "admin" },
      { organizationId: GLOBEX.id, role: "developer" },
      { organizationId: INITECH.id, role: "viewer" },
    ],
  },
  {
    id: "user_01LOCALGRACE00000000000000",
    email: "grace@example.com",
    firstName: "Grace",
    lastName: "Hopper",
    about: "Developer",
    role: null,
    memberships: [{ organizationId: ACME.id, role: "developer" }],
  },
  {
    id: "user_01LOCALALAN000000000000000",
    email: "alan@example.com",
    firstName: "Alan",
    lastName: "Turing",
    about: "Viewer",
    role: "viewer",
    memberships: [],
  },
];

/** Creates the demo users and organizations. */
export function seedDemoUsers(store: Store): void {
  store.organizations.create(ACME);
  store.organizations.create({
    ...GLOBEX,
    requires: "sso",
    connectionId: "conn_01LOCALGLOBEX0000000000000",
  });
  store.organizations.create({ ...INITECH, requires: "second_factor" });
  for (const user of DEMO_USERS) {
    const { id, email, firstName, lastName, role } = user;
    store.users.create({ id, email, firstName, lastName, role, emailVerified: true });
    for (const { organizationId, role } of user.memberships)
      store.organizations.join(id, organizationId, role);
  }
}
