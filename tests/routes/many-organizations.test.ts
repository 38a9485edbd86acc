/** Switching for a user with more memberships than WorkOS lists on a page. */
import { expect, it } from "vitest";
import { jsonOf } from "./browser.ts";
import { organizationOf } from "./organization-members.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

/** One more than a page of WorkOS's list has. */
const COUNT = 101;

const app = startMosaic();

it("a user of 101 organizations can switch to the oldest and to the newest", async () => {
  const { workos, member } = organizationOf(app, "");
  const person = await member(null);
  const made: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    const { id } = await workos("POST", "/organizations", { name: `Organization ${i}` });
    const membership = { user_id: person.id, organization_id: id, role_slug: "developer" };
    await workos("POST", "/user_management/organization_memberships", membership);
    made.push(id);
  }
  const browser = app.browser();
  await signIn(browser, person.email);
  for (const organizationId of [made.at(0) ?? "", made.at(-1) ?? ""]) {
    const answer = await browser.submit("/api/auth/organization", { organizationId });
    expect(answer).toRedirectTo("/dashboard", 303);
    expect(jsonOf(await browser.get("/api/auth/session"))).toMatchObject({ organizationId });
  }
});
