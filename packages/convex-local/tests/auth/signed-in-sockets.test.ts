/** Authentication over sockets with the published client: sign-in, refresh, expiry, and provider outages. */
import type { BaseConvexClientOptions } from "convex/browser";
import { expect, test } from "vitest";
import { Tab } from "../sync/clients.ts";
import { type Serving, serveScripted } from "../sync/serving.ts";
import { Provider } from "./provider.ts";

const AS_THE_APP: BaseConvexClientOptions = { expectAuth: true, initialAuthTokenReuse: true };

type SignedIn = { tab: Tab; forced: boolean[]; changes: boolean[] };

async function start(): Promise<{ provider: Provider; serving: Serving }> {
  const provider = await Provider.start();
  const serving = await serveScripted();
  const { url, jwksUrl } = provider;
  serving.backend.providers = [{ type: "customJwt", issuer: url, jwks: jwksUrl, algorithm: "RS256" }];
  serving.backend.queries["me:get"] = (_, __, { identity }) => identity?.subject ?? null;
  serving.backend.mutations["me:sign"] = (rows, _, { identity }) => {
    const list = rows.get("signatures");
    rows.set("signatures", [...(Array.isArray(list) ? list : []), identity?.subject ?? null]);
    return identity?.subject ?? null;
  };
  return { provider, serving };
}

/** Signs a tab in with tokens of `token`, and records each request for one. */
function signIn(tab: Tab, token: (force: boolean) => Promise<string | null>): SignedIn {
  const signedIn: SignedIn = { tab, forced: [], changes: [] };
  tab.client.setAuth(
    async ({ forceRefreshToken }) => {
      signedIn.forced.push(forceRefreshToken);
      return token(forceRefreshToken);
    },
    (isAuthenticated) => signedIn.changes.push(isAuthenticated),
  );
  return signedIn;
}

const seconds = (count: number): { iat: number; exp: number } => {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + count };
};

test("ten page loads during the lifetime of a token request no new one", async () => {
  const { provider, serving } = await start();
  const token = await provider.token();
  const asked: boolean[] = [];
  for (let load = 0; load < 10; load++) {
    const tab = new Tab(serving.url, AS_THE_APP);
    const { forced, changes } = signIn(tab, async () => token);
    const me = tab.watch("me:get");
    await me.shows("ada");
    await tab.mutation("me:sign");
    expect(changes).toEqual([true]);
    await tab.client.close();
    asked.push(...forced);
  }
  expect(asked).toEqual(Array.from({ length: 10 }, () => false));
});

test("the client refreshes its token before it expires, and no query runs again for that", async () => {
  const { provider, serving } = await start();
  const tab = new Tab(serving.url, { ...AS_THE_APP, authRefreshTokenLeewaySeconds: 2 });
  const { forced } = signIn(tab, () => provider.token(seconds(3)));
  const me = tab.watch("me:get");
  await me.shows("ada");
  serving.backend.runs.length = 0;
  await expect.poll(() => forced.length, { timeout: 8_000 }).toBeGreaterThan(2);
  await tab.mutation("me:sign");
  expect(me.values).toEqual(["ada"]);
  expect(serving.backend.runs).toEqual([]);
  expect(tab.connection().connectionCount).toBe(1);
});

test("a refreshed token runs a query that failed again, and answers the others from the cache", async () => {
  const { provider, serving } = await start();
  serving.backend.queries["me:fail"] = () => {
    throw new Error("no");
  };
  const tab = new Tab(serving.url, { ...AS_THE_APP, authRefreshTokenLeewaySeconds: 2 });
  const { forced } = signIn(tab, () => provider.token(seconds(3)));
  await tab.watch("me:get").shows("ada");
  expect(await tab.watch("me:fail").fails()).toContain("no");
  serving.backend.runs.length = 0;
  await expect.poll(() => forced.length, { timeout: 8_000 }).toBeGreaterThan(2);
  await expect.poll(() => serving.backend.runs).toContain("me:fail");
  expect(serving.backend.runs).not.toContain("me:get");
});

test("an expired token makes the client fetch another one, and pending mutations are applied once", async () => {
  const { provider, serving } = await start();
  const tab = new Tab(serving.url, { ...AS_THE_APP, authRefreshTokenLeewaySeconds: -60 });
  let issued = 0;
  const { forced, changes } = signIn(tab, () => provider.token(issued++ === 0 ? seconds(1) : seconds(300)));
  const me = tab.watch("me:get");
  await me.shows("ada");
  const mutations: Promise<unknown>[] = [];
  while (forced.length < 2) {
    mutations.push(tab.mutation("me:sign"));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(mutations);
  const signatures = tab.watch("rows:get", { name: "signatures" });
  await signatures.shows(mutations.map(() => "ada"));
  expect(forced).toEqual([false, true]);
  expect(changes).not.toContain(false);
});

test("a rejected token is replaced by a new one, and without one the client is signed out", async () => {
  const { provider, serving } = await start();
  const tab = new Tab(serving.url);
  const stale = await provider.token({ exp: 1 });
  const { changes } = signIn(tab, async (force) => (force ? provider.token() : stale));
  await tab.watch("me:get").shows("ada");
  expect(changes).toEqual([true]);

  const other = new Tab(serving.url);
  const lost = signIn(other, async (force) => (force ? null : stale));
  await other.watch("me:get").shows(null);
  expect(lost.changes).toEqual([false]);
});

test("an unavailable provider signs no client out, and clients retry until it is available", async () => {
  const { provider, serving } = await start();
  provider.fault = "down";
  const token = await provider.token();
  const tab = new Tab(serving.url, AS_THE_APP);
  const { forced, changes } = signIn(tab, async () => token);
  const me = tab.watch("me:get");
  await tab.until(() => tab.connection().connectionRetries > 1, "a second attempt");
  expect([forced, changes]).toEqual([[false], []]);
  provider.fault = "none";
  await me.shows("ada");
  expect([forced, changes]).toEqual([[false], [true]]);
});

test("a client that gets its token after its socket has opened works without Connect", async () => {
  const { provider, serving } = await start();
  const tab = new Tab(serving.url, AS_THE_APP);
  const me = tab.watch("me:get");
  await tab.until(() => tab.connection().isWebSocketConnected, "the socket");
  const { forced } = signIn(tab, () => provider.token());
  await me.shows("ada");
  await expect(tab.mutation("me:sign")).resolves.toBe("ada");
  expect(forced).toEqual([false]);
});

test("signing in as another user and signing out change the data of a query", async () => {
  const { provider, serving } = await start();
  const tab = new Tab(serving.url);
  const me = tab.watch("me:get");
  await me.shows(null);
  signIn(tab, () => provider.token());
  await me.shows("ada");
  signIn(tab, () => provider.token({ sub: "grace" }));
  await me.shows("grace");
  tab.client.clearAuth();
  await me.shows(null);
});

test("two users with the same query get their own results", async () => {
  const { provider, serving } = await start();
  const [ada, grace] = [new Tab(serving.url), new Tab(serving.url)];
  signIn(ada, () => provider.token());
  signIn(grace, () => provider.token({ sub: "grace" }));
  await Promise.all([ada.watch("me:get").shows("ada"), grace.watch("me:get").shows("grace")]);
});
