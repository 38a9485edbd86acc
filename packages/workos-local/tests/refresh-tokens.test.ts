/** Refresh tokens: each works once, and gets the same response again for a time. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, local, type RunningWorkOS, runningWorkOS, signIn } from "./running-workos.ts";

let workos: RunningWorkOS;
beforeAll(async () => {
  workos = await runningWorkOS();
});
afterAll(() => workos.close());

test("a used refresh token gets the same response again, also after a restart, until its time has passed", async () => {
  const { refreshToken } = await signIn(workos);
  const refresh = () => workos.sdk.userManagement.authenticateWithRefreshToken({ refreshToken });
  const [first, second] = await Promise.all([refresh(), refresh()]);
  expect(second).toEqual(first);
  await workos.restart();
  expect((await refresh()).accessToken).toBe(first.accessToken);
  await local(workos, "PUT", "settings", { refreshReplaySeconds: 0 });
  expect(await failureOf(refresh())).toMatchObject({ error: "invalid_grant" });
  await local(workos, "DELETE", "settings");
});

test("a used refresh token of an ended session gets no response again", async () => {
  const { refreshToken, user } = await signIn(workos, { email: "left@example.org" });
  const refresh = () => workos.sdk.userManagement.authenticateWithRefreshToken({ refreshToken });
  await refresh();
  const { data } = await workos.sdk.userManagement.listSessions(user.id);
  await workos.sdk.userManagement.revokeSession({ sessionId: data[0]?.id ?? "" });
  expect(await failureOf(refresh())).toMatchObject({ error: "invalid_grant" });
});

test("in strict mode, a refresh token works once, also with concurrent requests", async () => {
  await using strict = await runningWorkOS({ refreshReplaySeconds: 0 });
  const { refreshToken } = await signIn(strict);
  const refresh = () => strict.sdk.userManagement.authenticateWithRefreshToken({ refreshToken });
  const outcomes = await Promise.allSettled([refresh(), refresh(), refresh()]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const failure = await failureOf(refresh());
  expect(failure).toMatchObject({
    name: "OauthException",
    status: 400,
    error: "invalid_grant",
    errorDescription: "Refresh token already exchanged.",
  });
});
