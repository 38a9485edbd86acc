/** Who and what a new stand-in starts with. The ids are fixed, so that app data made for these people fits again after a reset of this side alone. */
import type { Store } from "./store/store.ts";

export type DemoPerson = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  /** What the sign-in page says of them. */
  about: string;
  /** A role claim without any organization. */
  role: string | null;
  memberships: { organizationId: string; role: string }[];
};

/** No demands of its own. */
export const ACME = { id: "org_01LOCALACME000000000000000", name: "Acme" };
/** Lets people in through its SSO connection only. */
export const GLOBEX = { id: "org_01LOCALGLOBEX0000000000000", name: "Globex" };
/** Wants a second factor. */
export const INITECH = { id: "org_01LOCALINITECH000000000000", name: "Initech" };

export const DEMO_PEOPLE: readonly DemoPerson[] = [
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

export function seedDemoPeople(store: Store): void {
  store.organizations.create(ACME);
  store.organizations.create({
    ...GLOBEX,
    requires: "sso",
    connectionId: "conn_01LOCALGLOBEX0000000000000",
  });
  store.organizations.create({ ...INITECH, requires: "second_factor" });
  for (const person of DEMO_PEOPLE) {
    const { id, email, firstName, lastName, role } = person;
    store.users.create({ id, email, firstName, lastName, role, emailVerified: true });
    for (const { organizationId, role } of person.memberships)
      store.organizations.join(id, organizationId, role);
  }
}
