/** Injected faults, and how the SDK reports each of them. Apps can rely on this list. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  CLIENT_ID,
  failureOf,
  fieldsOf,
  local,
  type RunningWorkOS,
  runningWorkOS,
  sdkFor,
  signIn,
} from "./running-workos.ts";

let workos: RunningWorkOS;
beforeAll(async () => {
  workos = await runningWorkOS();
});
afterEach(async () => {
  await local(workos, "DELETE", "faults");
  await local(workos, "DELETE", "settings");
  await local(workos, "DELETE", "requests");
});
afterAll(() => workos.close());

const AUTHENTICATE = "/user_management/authenticate";
const refreshed = (refreshToken: string, timeout?: number) =>
  sdkFor(workos.url, timeout === undefined ? {} : { timeout }).userManagement.authenticateWithRefreshToken({
    refreshToken,
  });
/** Returns the cause of an error that the SDK wraps. */
const causeOf = (failure: Error) => fieldsOf(failure.cause);

test.each([500, 502, 503, 504])("a %i in JSON is a GenericServerException", async (status) => {
  await local(workos, "POST", "faults", { grant: "refresh_token", status });
  expect(await failureOf(refreshed("any"))).toMatchObject({ name: "GenericServerException", status });
});

test("any error response can be injected", async () => {
  await local(workos, "POST", "faults", {
    path: AUTHENTICATE,
    status: 400,
    body: { error: "invalid_grant", error_description: "Because." },
  });
  expect(await failureOf(refreshed("any"))).toMatchObject({ name: "OauthException", error: "invalid_grant" });
});

test("a 429 has the delay of Retry-After", async () => {
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

test("malformed JSON with status 200 is a ParseError", async () => {
  await local(workos, "POST", "faults", { path: AUTHENTICATE, garbage: true });
  expect(await failureOf(refreshed("any"))).toMatchObject({
    name: "ParseError",
    status: 500,
    rawStatus: 200,
  });
});

test("a truncated response is a TypeError, and the request is handled", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", cut: true });
  expect((await failureOf(refreshed(refreshToken))).name).toBe("TypeError");
  expect((await refreshed(refreshToken)).refreshToken).not.toBe(refreshToken);
  await local(workos, "PUT", "settings", { refreshReplaySeconds: 0 });
  expect(await failureOf(refreshed(refreshToken))).toMatchObject({ error: "invalid_grant" });
});

test("with handled: false, a truncated response means that the request was not handled", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", cut: true, handled: false });
  await failureOf(refreshed(refreshToken));
  await refreshed(refreshToken);
});

test("a request without a response times out in the SDK with 408", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", hang: true });
  expect(await failureOf(refreshed(refreshToken, 200))).toMatchObject({
    name: "OauthException",
    status: 408,
    error: "Request timeout",
  });
  await refreshed(refreshToken);
});

test("a request that the caller aborts during a delay is not handled", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", slowMs: 150, count: 2 });
  expect(await failureOf(refreshed(refreshToken, 50))).toMatchObject({ status: 408 });
  const started = performance.now();
  await refreshed(refreshToken);
  expect(performance.now() - started).toBeGreaterThanOrEqual(140);
});

test("with handled: true, a delayed request has spent the token when it times out", async () => {
  const { refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", slowMs: 400, handled: true });
  await failureOf(refreshed(refreshToken, 100));
  await local(workos, "PUT", "settings", { refreshReplaySeconds: 0 });
  expect(await failureOf(refreshed(refreshToken))).toMatchObject({ error: "invalid_grant" });
});

test("a fault applies to matching requests up to its count", async () => {
  await local(workos, "POST", "faults", { method: "GET", path: "/sso/jwks/*", status: 500, count: 2 });
  const jwks = async () => (await fetch(workos.sdk.userManagement.getJwksUrl(CLIENT_ID))).status;
  const { refreshToken } = await signIn(workos);
  await refreshed(refreshToken);
  expect([await jwks(), await jwks(), await jwks()]).toEqual([500, 500, 200]);
  expect(await local(workos, "GET", "faults")).toEqual([]);
});

test("a fault without a count stays until it is removed, also across a restart", async () => {
  const { id } = await local<{ id: number }>(workos, "POST", "faults", {
    path: "/sso/jwks/*",
    status: 500,
    count: null,
  });
  await workos.restart();
  const jwks = async () => (await fetch(workos.sdk.userManagement.getJwksUrl(CLIENT_ID))).status;
  expect([await jwks(), await jwks()]).toEqual([500, 500]);
  await local(workos, "DELETE", `faults/${id}`);
  expect(await jwks()).toBe(200);
});

test.each([{}, { status: 99 }, { status: 500, hang: true }, { hang: "yes" }, { status: 500, count: 0 }])(
  "rejects the fault %j",
  async (fault) => {
    await expect(local(workos, "POST", "faults", fault)).rejects.toThrow("422");
  },
);

test("counts requests by endpoint and grant, including those with a fault", async () => {
  const { user, refreshToken } = await signIn(workos);
  await local(workos, "POST", "faults", { grant: "refresh_token", status: 500 });
  await failureOf(refreshed(refreshToken));
  await refreshed(refreshToken);
  await workos.sdk.userManagement.getUser(user.id);
  const counts = await local<{ path: string; grant: string | null; count: number }[]>(
    workos,
    "GET",
    "requests",
  );
  const count = (path: string, grant: string | null) =>
    counts.find((entry) => entry.path === path && entry.grant === grant)?.count;
  expect(count(AUTHENTICATE, "authorization_code")).toBe(1);
  expect(count(AUTHENTICATE, "refresh_token")).toBe(2);
  expect(count("/user_management/users/:id", null)).toBe(1);
});

test("an unreachable server is an Error with the TypeError of fetch as its cause", async () => {
  const other = await runningWorkOS();
  await other.close();
  const failure = await failureOf(
    other.sdk.userManagement.authenticateWithRefreshToken({ refreshToken: "any" }),
  );
  expect(failure.name).toBe("Error");
  expect(failure.status).toBeUndefined();
  expect(causeOf(failure).name).toBe("TypeError");
});
