/** Alerts by email: through Resend, to members of the project only. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { CONFLICTS, EDGE_SECRET, openBackends, type Row } from "./backend.ts";
import { type Member, profileOf, rejectionOf, signIn } from "./people.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { newScene } from "./reporting.ts";

const { startBackendAlone } = openBackends();

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

async function begin(env: Record<string, string>) {
  const { backend, grace, project } = await newScene(startBackendAlone({ ...CONFLICTS, env }));
  const { projectId } = project;
  const rule = { kind: "state" as const, agent: null, state: "failed" as const };
  await grace.mutation(api.alertRules.create, { projectId, rule });
  return {
    ...{ backend, grace, project, projectId },
    addEmail: (address: string) =>
      grace.mutation(api.alertChannels.create, { projectId, kind: "email", address }),
    channels: (who: Member) => who.query(api.alertChannels.list, { projectId }),
  };
}

test("emails go through Resend with the message's id as idempotency key, to members only", async () => {
  const env = {
    RESEND_API_KEY: "re_test",
    ALERT_EMAIL_FROM: "Mosaic <alerts@example.com>",
    RESEND_API_URL: new URL(receiver.url).origin,
    APP_URL: "https://app.example.com",
  };
  const { backend, grace, project, projectId, addEmail, channels } = await begin(env);
  const alan = await signIn(backend, "alan");
  for (const invalid of ["nobody@example.com", alan.email, `${grace.email}\r\nBcc: a@example.com`, "grace"]) {
    expect(await rejectionOf(addEmail(invalid)), invalid).toBe("invalid");
  }
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  await addEmail(` ${grace.email.toUpperCase()} `);
  await addEmail(alan.email);
  expect(await rejectionOf(addEmail(grace.email))).toBe("conflict");
  expect((await channels(alan)).map(({ address }) => address)).toEqual([null, null]);
  await project.report([], [{ state: "failed" }]);
  await expect.poll(() => receiver.received.length).toBe(2);
  const [sent] = receiver.received.filter(({ json }) => json.to === grace.email);
  expect(sent).toMatchObject({
    path: "/emails",
    headers: {
      authorization: "Bearer re_test",
      "idempotency-key": expect.stringMatching(/^msg_/),
    },
    json: {
      from: "Mosaic <alerts@example.com>",
      subject: "Engine: scout failed",
      text: expect.stringContaining(`https://app.example.com/projects/${projectId}`),
    },
  });
  // The channel follows the address of its user.
  const address = `new-${alan.email}`;
  const moved = { ...profileOf(backend, "alan"), email: address, edge: EDGE_SECRET };
  await alan.mutation(api.users.syncFromWorkOS, moved);
  expect((await channels(grace)).map((channel) => channel.address)).toEqual([grace.email, address]);
  expect(await rejectionOf(addEmail(alan.email))).toBe("invalid");
  expect(await rejectionOf(addEmail(address))).toBe("conflict");
  // Who leaves gets no closing message either.
  await alan.mutation(api.projects.leave, { projectId });
  expect((await channels(grace)).map(({ address }) => address)).toEqual([grace.email]);
  await project.report([], [{ state: "done" }]);
  await expect.poll(() => receiver.received.length).toBe(3);
  expect(receiver.received[2]?.json.to).toBe(grace.email);
  // While email is not set up, messages are stopped instead of tried again.
  await backend.setVariables({ RESEND_API_KEY: "", WORKOS_API_URL: "https://api.workos.com" });
  await project.send([], [{ agent: "third", state: "failed" }]);
  const newest = async () => (await backend.rows("alertDeliveries"))[0];
  await expect.poll(newest).toMatchObject({ status: "failed", outcome: "stopped", attempts: 0 });
  await backend.setVariables({ RESEND_API_KEY: env.RESEND_API_KEY });
  // Nor does a user who is no longer active get any.
  const users = await backend.rows("users");
  const row = users.find(({ _id }) => _id === grace.userId) as Row;
  await backend.store("users", [{ ...row, status: "deleted" }], "replace");
  await backend.run("alertSending:pump", {});
  await project.report([], [{ agent: "other", state: "failed" }]);
  await expect.poll(async () => (await backend.rows("alertChannels")).length).toBe(0);
  expect(receiver.received).toHaveLength(3);
});
