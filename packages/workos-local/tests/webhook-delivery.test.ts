/** Webhooks, verified with the SDK, and their retries. */
import { createServer, type Server } from "node:http";
import type { Event } from "@workos-inc/node";
import { afterEach, expect, test, vi } from "vitest";
import { failureOf, local, type RunningWorkOS, runningWorkOS, sdkFor, signIn } from "./running-workos.ts";

const SECRET = "whsec_test";

type Received = { body: string; signature: string };

/** Starts an endpoint. `answer` returns the status of each delivery. */
async function endpoint(answer: (delivery: number) => number) {
  const received: Received[] = [];
  const server: Server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    received.push({
      body: Buffer.concat(chunks).toString(),
      signature: String(message.headers["workos-signature"]),
    });
    response.writeHead(answer(received.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    received,
    server,
    url: `http://127.0.0.1:${portOf(server)}/webhooks/workos`,
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});

async function withEndpoint(answer: (delivery: number) => number) {
  const { received, server, url } = await endpoint(answer);
  const workos: RunningWorkOS = await runningWorkOS({ webhook: { url, secret: SECRET } });
  open.push(workos, server);
  const events = async (): Promise<Event[]> => {
    const opened = [];
    for (const { body, signature } of received)
      opened.push(
        await workos.sdk.webhooks.constructEvent({ payload: body, sigHeader: signature, secret: SECRET }),
      );
    return opened;
  };
  /** Waits for this number of deliveries. */
  const until = (count: number) => vi.waitFor(() => expect(received).toHaveLength(count), { timeout: 5_000 });
  return { workos, received, events, until };
}

test("each change of a user or session sends its event", async () => {
  const { workos, events, until } = await withEndpoint(() => 200);
  const { userManagement } = workos.sdk;
  const { user } = await signIn(workos, { email: "life@example.org" });
  await until(2);
  await userManagement.updateUser({ userId: user.id, firstName: "Life" });
  await until(3);
  const sessionId = (await userManagement.listSessions(user.id)).data[0]?.id ?? "";
  await userManagement.revokeSession({ sessionId });
  await until(4);
  const { passwordResetToken } = await userManagement.createPasswordReset({ email: user.email });
  await userManagement.resetPassword({ token: passwordResetToken, newPassword: "long enough" });
  await until(5);
  await userManagement.deleteUser(user.id);
  await until(6);

  const all = await events();
  expect(all.map(({ event }) => event).sort()).toEqual([
    "password_reset.succeeded",
    "session.created",
    "session.revoked",
    "user.created",
    "user.deleted",
    "user.updated",
  ]);
  const of = (type: string) => all.find(({ event }) => event === type)?.data;
  expect(of("user.created")).toMatchObject({ id: user.id, email: "life@example.org" });
  expect(of("user.updated")).toMatchObject({ id: user.id, firstName: "Life" });
  expect(of("session.revoked")).toMatchObject({ id: sessionId, userId: user.id, status: "revoked" });
  expect(of("password_reset.succeeded")).toMatchObject({ userId: user.id, email: user.email });
  expect(new Set(all.map(({ id }) => id)).size).toBe(6);
});

test("revoking a session repeatedly sends one event", async () => {
  const { workos, events, until } = await withEndpoint(() => 200);
  const { user } = await signIn(workos);
  const sessionId = (await workos.sdk.userManagement.listSessions(user.id)).data[0]?.id ?? "";
  const url = workos.sdk.userManagement.getLogoutUrl({ sessionId, returnTo: "http://localhost:8787" });
  for (let i = 0; i < 3; i++) await fetch(url, { redirect: "manual" });
  await workos.sdk.userManagement.updateUser({ userId: user.id, lastName: "Last" });
  await until(3);
  expect((await events()).filter(({ event }) => event === "session.revoked")).toHaveLength(1);
});

test("a rejected event is sent again with a new signature and the same id", async () => {
  const { workos, received, events, until } = await withEndpoint((delivery) => (delivery === 1 ? 500 : 200));
  await workos.sdk.userManagement.createUser({ email: "again@example.org" });
  await until(2);
  const [first, second] = await events();
  expect(second?.id).toBe(first?.id);
  expect(received[1]?.signature).not.toBe(received[0]?.signature);
});

test("an undelivered event is sent after a restart", async () => {
  const { workos, received, until } = await withEndpoint((delivery) => (delivery === 1 ? 503 : 200));
  await workos.sdk.userManagement.createUser({ email: "restart@example.org" });
  await until(1);
  await workos.restart();
  await until(2);
  expect(received[1]?.body).toBe(received[0]?.body);
});

test("the SDK rejects a signature with another secret", async () => {
  const { workos, received, until } = await withEndpoint(() => 200);
  await workos.sdk.userManagement.createUser({ email: "secret@example.org" });
  await until(1);
  const failure = await failureOf(
    sdkFor(workos.url).webhooks.constructEvent({
      payload: received[0]?.body ?? "",
      sigHeader: received[0]?.signature ?? "",
      secret: "whsec_other",
    }),
  );
  expect(failure.name).toBe("SignatureVerificationException");
});

test("a user that a test creates sends an event", async () => {
  const { workos, events, until } = await withEndpoint(() => 200);
  await local(workos, "POST", "users", { email: "made@example.org", firstName: "Made", role: "developer" });
  await until(1);
  expect((await events())[0]).toMatchObject({ event: "user.created", data: { firstName: "Made" } });
});
