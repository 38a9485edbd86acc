/** Members of the organization of a Mosaic, and their sign-in. */
import { expect } from "vitest";
import type { Answer, Browser } from "./browser.ts";
import type { Harness } from "./harness.ts";
import { approve, comeBack, startFlow } from "./sign-in.ts";

/** The organization without requirements. */
export const ACME = "org_01LOCALACME000000000000000";

/** A user at WorkOS. */
export type Person = { id: string; email: string };

/**
 * Returns functions for the members of a Mosaic's organization.
 * @param app - Harness, configured for the organization.
 * @param ours - Id of the organization.
 * @returns Calls of WorkOS's API, and sign-ins.
 */
export function organizationOf(app: Harness, ours: string) {
  /** Calls WorkOS's API. */
  async function workos(method: string, path: string, body?: object): Promise<{ id: string }> {
    const answer = await fetch(`${app.workosUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${app.env.WORKOS_API_KEY}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return (await answer.json()) as { id: string };
  }

  /** Creates a user at WorkOS, as a member of an organization. */
  async function member(organizationId: string | null = ours, change: object = {}): Promise<Person> {
    const email = app.person();
    const { id } = await workos("POST", "/user_management/users", { email, email_verified: true, ...change });
    if (organizationId !== null)
      await workos("POST", "/user_management/organization_memberships", {
        user_id: id,
        organization_id: organizationId,
        role_slug: "developer",
      });
    return { id, email };
  }

  /** Signs in, like an attacker who changes the organization in the address of the sign-in page. */
  async function signInFor(
    browser: Browser,
    { email }: Person,
    organizationId: string | null,
  ): Promise<Answer> {
    const flow = await startFlow(browser);
    expect(flow.authorizeUrl.searchParams.get("organization_id")).toBe(ours);
    if (organizationId === null) flow.authorizeUrl.searchParams.delete("organization_id");
    else flow.authorizeUrl.searchParams.set("organization_id", organizationId);
    return comeBack(browser, await approve(flow, email));
  }

  async function enter(person: Person): Promise<Browser> {
    const browser = app.browser();
    expect(await signInFor(browser, person, ours)).toSetSession();
    return browser;
  }

  return { workos, member, signInFor, enter };
}
