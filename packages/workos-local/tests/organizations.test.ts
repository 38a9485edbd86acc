/** Organizations, memberships and invitations: the API, their events, the emulator's page and the outbox. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ACME, GLOBEX } from "../src/demo-users.ts";
import {
  authorizeUrl,
  failureOf,
  local,
  locationOf,
  newPkce,
  type RunningWorkOS,
  runningWorkOS,
  signIn,
  submit,
} from "./running-workos.ts";

const SIGN_IN_URL = "http://localhost:8787/api/auth/login";

let workos: RunningWorkOS;
const received: { event: string; data: Record<string, unknown> }[] = [];
const endpoint = createServer(async (message, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  received.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.end();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const { port } = endpoint.address() as AddressInfo;
  const webhook = { url: `http://127.0.0.1:${port}`, secret: "whsec_test" };
  workos = await runningWorkOS({ webhook, signInUrl: SIGN_IN_URL });
});
afterAll(async () => {
  await workos.close();
  endpoint.close();
});

/** Waits for an event whose data has these fields. */
function eventually(event: string, data: Record<string, unknown>): Promise<void> {
  return vi.waitFor(
    () =>
      expect(received).toContainEqual(
        expect.objectContaining({ event, data: expect.objectContaining(data) }),
      ),
    {
      timeout: 5_000,
    },
  );
}

async function outbox(): Promise<{ to: string; text: string; kind: string }[]> {
  return (await fetch(`${workos.url}/outbox.json`)).json();
}

test("a user with one organization is signed in to it, one with several to none or the named one", async () => {
  expect((await signIn(workos, { email: "grace@example.com" })).organizationId).toBe(ACME.id);
  expect((await signIn(workos, { email: "ada@example.com" })).organizationId).toBeUndefined();
  const named = await signIn(workos, { email: "ada@example.com", organization: ACME.id });
  expect(named.organizationId).toBe(ACME.id);
  const foreign = await submit(authorizeUrl(workos, newPkce()), {
    email: "alan@example.com",
    organization: ACME.id,
  });
  expect(locationOf(foreign).searchParams.get("error")).toBe("access_denied");
});

test("every change of a membership sends its event, and each is newer than the one before", async () => {
  const { user } = await signIn(workos, { email: "member@example.org" });
  const { userManagement } = workos.sdk;
  const membership = await userManagement.createOrganizationMembership({
    userId: user.id,
    organizationId: ACME.id,
  });
  const about = { id: membership.id, user_id: user.id, organization_id: ACME.id };
  await eventually("organization_membership.created", { ...about, status: "active" });
  await userManagement.deactivateOrganizationMembership(membership.id);
  await eventually("organization_membership.updated", { ...about, status: "inactive" });
  expect((await signIn(workos, { email: user.email })).organizationId).toBeUndefined();
  await userManagement.reactivateOrganizationMembership(membership.id);
  await userManagement.deleteOrganizationMembership(membership.id);
  await eventually("organization_membership.deleted", about);
  const times = received
    .filter(({ data }) => data.id === membership.id)
    .map(({ data }) => String(data.updated_at));
  expect(new Set(times).size).toBe(3);
});

test("organizations are created, renamed and deleted with their events and memberships", async () => {
  const { organizations, userManagement } = workos.sdk;
  const created = await organizations.createOrganization({ name: "Hooli" });
  await eventually("organization.created", { id: created.id, name: "Hooli" });
  await organizations.updateOrganization({ organization: created.id, name: "Hooli XYZ" });
  await eventually("organization.updated", { id: created.id, name: "Hooli XYZ" });
  const { user } = await signIn(workos, { email: "hooli@example.org" });
  await userManagement.createOrganizationMembership({ userId: user.id, organizationId: created.id });
  await organizations.deleteOrganization(created.id);
  await eventually("organization.deleted", { id: created.id });
  expect((await userManagement.listOrganizationMemberships({ userId: user.id })).data).toEqual([]);
});

test("an invitation is in the outbox with a link, and signing in by it joins the organization", async () => {
  const { userManagement } = workos.sdk;
  const email = "invited@example.org";
  const invitation = await userManagement.sendInvitation({
    email,
    organizationId: GLOBEX.id,
    roleSlug: "viewer",
  });
  expect(invitation).toMatchObject({ state: "pending", organizationId: GLOBEX.id });
  const again = userManagement.sendInvitation({ email, organizationId: GLOBEX.id });
  expect(await failureOf(again)).toMatchObject({
    status: 400,
    code: "email_already_invited_to_organization",
  });
  const [mail] = await outbox();
  expect(mail).toMatchObject({ to: email, kind: "invitation" });
  const link = new URL(/http\S+/.exec(mail?.text ?? "")?.[0] ?? "");
  expect(link.href).toBe(`${SIGN_IN_URL}?invitation_token=${invitation.token}`);

  const url = `${authorizeUrl(workos, newPkce())}&invitation_token=${invitation.token}`;
  expect(await (await fetch(url)).text()).toContain(`value="${email}"`);
  // Another user does not use up the invitation.
  await submit(url, { email: "curious@example.org" });
  expect((await userManagement.getInvitation(invitation.id)).state).toBe("pending");
  // Globex requires single sign-on, which the emulator does for its organization.
  expect(locationOf(await submit(url, { email })).searchParams.get("code")).toBeTruthy();
  expect((await userManagement.getInvitation(invitation.id)).state).toBe("accepted");
  await eventually("invitation.accepted", { id: invitation.id });
  await eventually("organization_membership.created", {
    organization_id: GLOBEX.id,
    role: { slug: "viewer" },
  });
  for (const { event, data } of received)
    if (event.startsWith("invitation.")) expect(data).not.toHaveProperty("token");
});

test("a revoked invitation cannot be accepted, and a new one can be sent", async () => {
  const { userManagement } = workos.sdk;
  const email = "withdrawn@example.org";
  const { id, token } = await userManagement.sendInvitation({ email, organizationId: ACME.id });
  expect((await userManagement.revokeInvitation(id)).state).toBe("revoked");
  expect(await failureOf(userManagement.revokeInvitation(id))).toMatchObject({ code: "invite_not_pending" });
  await submit(`${authorizeUrl(workos, newPkce())}&invitation_token=${token}`, { email });
  expect((await signIn(workos, { email })).organizationId).toBeUndefined();
  await userManagement.sendInvitation({ email, organizationId: ACME.id });
  const { data } = await userManagement.listInvitations({ email });
  expect(data.map(({ state }) => state).sort()).toEqual(["pending", "revoked"]);
});

test("a sign-in that starts outside the app comes back with a code and without a state", async () => {
  const location = locationOf(
    await submit(authorizeUrl(workos, newPkce()), { email: "grace@example.com", way: "idp_initiated" }),
  );
  expect([...location.searchParams.keys()]).toEqual(["code"]);
});

test("the page changes memberships, but not for forms of other pages", async () => {
  const { user } = await signIn(workos, { email: "paged@example.org" });
  const post = (origin: string, form: Record<string, string>) =>
    fetch(`${workos.url}/_page/memberships`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: { Origin: origin },
      redirect: "manual",
    });
  const form = { user: user.id, organization: ACME.id };
  expect((await post("http://localhost:1", form)).status).toBe(403);
  expect((await post(workos.url, form)).status).toBe(302);
  expect(await (await fetch(workos.url)).text()).toContain("paged@example.org");
  expect((await signIn(workos, { email: user.email })).organizationId).toBe(ACME.id);
});

test("the outbox takes emails of the app once for each id, newest first, and survives a restart", async () => {
  const email = { to: "a@example.org", from: "m@example.org", subject: "S", text: "T", kind: "alert" };
  await local(workos, "POST", "outbox", { ...email, id: "one" });
  await local(workos, "POST", "outbox", { ...email, id: "one" });
  await local(workos, "POST", "outbox", { ...email, text: "See https://example.org/<x>", kind: "digest" });
  await workos.restart();
  expect((await outbox()).slice(0, 2)).toMatchObject([{ kind: "digest" }, { id: "one", kind: "alert" }]);
  expect((await outbox()).filter(({ kind }) => kind === "alert")).toHaveLength(1);
  expect(await (await fetch(`${workos.url}/outbox`)).text()).toContain('<a href="https://example.org/">');
});

test.each(["o'brien+test@example.com", "j\u00f6rg@b\u00fccher.example"])("%s can sign in", async (email) => {
  expect((await signIn(workos, { email })).user.email).toBe(email);
});
