/** Faults as data, and what the SDK makes of each: the app's own handling is written against this list. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  CLIENT_ID,
  failureOf,
  local,
  type RunningWorkos,
  runningWorkos,
  sdkFor,
  signIn,
} from "./running-workos.ts";

let workos: RunningWorkos;
beforeAll(async () => {
  workos = await runningWorkos();
});
afterEach(async () => {
  await local(workos, "DELETE", "faults");
  await local(workos, "DELETE", "requests");
});
afterAll(() => workos.close());

const AUTHENTICATE = "/user_management/authenticate";
const refreshed = (refreshToken: string, timeout?: number) =>
  sdkFor(workos.url, timeout === undefined ? {} : { timeout }).userManagement.authenticateWithRefreshToken({
    refreshToken,
  });
/** A failure's cause, for what the SDK wraps in a plain Error. */
const causeOf = (failure: Error) => failure.cause as Error & Record<string, unknown>;

test.each([500, 502, 503, 504])("a %i in JSON is a GenericServerException", async (status) => {
  await local(workos, "POST", "faults", { grant: "refresh_token", status });
  expect(await failureOf(refreshed("any"))).toMatchObject({ name: "GenericServerException", status });
});

test("a refusal of any kind can be asked for", async () => {
  await local(workos, "POST", "faults", {
    path: AUTHENTICATE,
    status: 400,
    body: { error: "invalid_grant", error_description: "Because." },
  });
  expect(await failureOf(refreshed("any"))).toMatchObject({ name: "OauthException", error: "invalid_grant" });
});

test("a 429 says when to come again", async () => {
  await local(workos, "POST", "faults", { path: AUTHENTICATE, status: 429, headers: { "Retry-After": "7" } });
  expect(await failureOf(refreshed("any"))).toMatchObject({
    name: "RateLimitExceededException",
    status: 429,
    retryAfter: 7,
  });
});

test("an error page in HTML is a plain Error with the status in its cause", async () => {
  await local(workos, "POST", "faults", { path: AUTHENTICATE, status: 502, body: "<h1>Bad gateway</h1>" });
  const failure = await failureOf(refreshed("any"));
  expect(failure.name).toBe("Error");
  expect(failure.status).toBeUndefined();
  expect(causeOf(failure)).toMatchObject({ name: "ParseError", rawStatus: 502 });
});

test("garbage under a 200 is a ParseError", async () => {
  await local(workos, "POST", "faults", { path: AUTHENTICATE, garbage: true });
  expect(await failureOf(refreshed("any"))).toMatchObject({
    name: "ParseError",
    status: 500,
    rawStatus: 200,
  });
});

test("an answer cut in the middle is a TypeError, and what was asked for is done", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", cut: true });
  expect((await failureOf(refreshed(refreshToken))).name).toBe("TypeError");
  expect(await failureOf(refreshed(refreshToken))).toMatchObject({ error: "invalid_grant" });
});

test("with handled false, a cut answer leaves everything as it was", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", cut: true, handled: false });
  await failureOf(refreshed(refreshToken));
  await refreshed(refreshToken);
});

test("a hanging answer is the SDK's own timeout, a 408", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", hang: true });
  expect(await failureOf(refreshed(refreshToken, 200))).toMatchObject({
    name: "OauthException",
    status: 408,
    error: "Request timeout",
  });
  await refreshed(refreshToken);
});

test("a slow answer comes, and who did not wait for it has lost nothing", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", slowMs: 150, count: 2 });
  expect(await failureOf(refreshed(refreshToken, 50))).toMatchObject({ status: 408 });
  const started = performance.now();
  await refreshed(refreshToken);
  expect(performance.now() - started).toBeGreaterThanOrEqual(140);
});

test("a slow answer that is handled has spent the token by the time it is missed", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", slowMs: 400, handled: true });
  await failureOf(refreshed(refreshToken, 100));
  expect(await failureOf(refreshed(refreshToken))).toMatchObject({ error: "invalid_grant" });
});

test("a fault meets what it names, as often as it says, and then is gone", async () => {
  await local(workos, "POST", "faults", { method: "GET", path: "/sso/jwks/*", status: 500, count: 2 });
  const jwks = async () => (await fetch(workos.sdk.userManagement.getJwksUrl(CLIENT_ID))).status;
  const { refreshToken } = await signIn(workos);
  await refreshed(refreshToken);
  expect([await jwks(), await jwks(), await jwks()]).toEqual([500, 500, 200]);
  expect(await local(workos, "GET", "faults")).toEqual([]);
});

test("a fault without end lasts until it is removed, and over a restart", async () => {
  const added = await local(workos, "POST", "faults", { path: "/sso/jwks/*", status: 500, count: null });
  await workos.restart();
  const jwks = async () => (await fetch(workos.sdk.userManagement.getJwksUrl(CLIENT_ID))).status;
  expect([await jwks(), await jwks()]).toEqual([500, 500]);
  await local(workos, "DELETE", `faults/${(added as { id: number }).id}`);
  expect(await jwks()).toBe(200);
});

test.each([{}, { status: 99 }, { status: 500, hang: true }, { hang: "yes" }, { status: 500, count: 0 }])(
  "%j is no fault",
  async (fault) => {
    await expect(local(workos, "POST", "faults", fault)).rejects.toThrow("422");
  },
);

test("requests are counted by endpoint and grant, those that met a fault too", async () => {
  const { user, refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", status: 500 });
  await failureOf(refreshed(refreshToken));
  await refreshed(refreshToken);
  await workos.sdk.userManagement.getUser(user.id);
  const counts = (await local(workos, "GET", "requests")) as {
    path: string;
    grant: string | null;
    count: number;
  }[];
  const count = (path: string, grant: string | null) =>
    counts.find((entry) => entry.path === path && entry.grant === grant)?.count;
  expect(count(AUTHENTICATE, "authorization_code")).toBe(1);
  expect(count(AUTHENTICATE, "refresh_token")).toBe(2);
  expect(count("/user_management/users/:id", null)).toBe(1);
});

test("a server that is not there is a plain Error around fetch's own", async () => {
  const other = await runningWorkos();
  await other.close();
  const failure = await failureOf(
    other.sdk.userManagement.authenticateWithRefreshToken({ refreshToken: "any" }),
  );
  expect(failure.name).toBe("Error");
  expect(failure.status).toBeUndefined();
  expect(causeOf(failure).name).toBe("TypeError");
});
