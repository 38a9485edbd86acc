/** Holds the tables "Covered" and "Not covered" of the README. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  API_KEY,
  authorizeUrl,
  CLIENT_ID,
  codeFor,
  local,
  newPkce,
  type RunningWorkOS,
  runningWorkOS,
  signIn,
  submit,
} from "./running-workos.ts";

const PACKAGE = join(import.meta.dirname, "..");
const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");

/** Returns the rows of the table with this first heading, as pairs of cells. */
function rowsOf(heading: string): [string, string][] {
  const [, table = ""] = readme.split(`\n| ${heading} |`);
  const [body = ""] = table.split("\n\n");
  return [...body.matchAll(/^\| (.+) \| (.+) \|$/gm)].map(([, first = "", second = ""]) => [first, second]);
}

let workos: RunningWorkOS;
beforeAll(async () => {
  workos = await runningWorkOS();
});
afterAll(() => workos.close());

async function authenticate(fields: Record<string, string>): Promise<{ status: number; error?: string }> {
  const response = await fetch(`${workos.url}/user_management/authenticate`, {
    method: "POST",
    body: new URLSearchParams({ client_id: CLIENT_ID, ...fields }),
  });
  return { ...(await response.json()), status: response.status };
}

/** Expects 404 for paths with the API key. */
async function notFound(...paths: string[]): Promise<void> {
  for (const path of paths) {
    const response = await fetch(`${workos.url}${path}`, { headers: { Authorization: `Bearer ${API_KEY}` } });
    expect([path, response.status]).toEqual([path, 404]);
  }
}

const GRANTS = ["magic-auth:code", "email-verification:code", "mfa-totp", "organization-selection"];

/** What happens for each row of "Not covered". */
const NOT_COVERED: { [feature: string]: () => Promise<void> } = {
  "Grants for password, magic auth, email verification, second factor, organization selection and device":
    async () => {
      const names = GRANTS.map((name) => `urn:workos:oauth:grant-type:${name}`);
      for (const grant of ["password", "urn:ietf:params:oauth:grant-type:device_code", ...names])
        expect(await authenticate({ client_secret: API_KEY, grant_type: grant })).toMatchObject({
          status: 400,
          error: "invalid_request",
        });
    },
  "Clients with PKCE and without an API key": async () => {
    const pkce = newPkce();
    const code = await codeFor(workos, pkce, { email: "ada@example.com" });
    const grant = { grant_type: "authorization_code", code, code_verifier: pkce.verifier };
    expect(await authenticate(grant)).toMatchObject({ status: 400, error: "invalid_client" });
  },
  "Authentication factors": () => notFound("/user_management/users/user_1/auth_factors"),
  "SSO profiles and connections": () => notFound("/sso/profile", "/connections"),
  "Directory sync": () => notFound("/directories", "/directory_users"),
  "Events API": () => notFound("/events"),
  "Choice among several organizations at sign-in": async () => {
    expect((await signIn(workos, { email: "ada@example.com" })).organizationId).toBeUndefined();
  },
  "Session of the sign-in page": async () => {
    const url = authorizeUrl(workos, newPkce());
    expect((await submit(url, { email: "ada@example.com" })).headers.getSetCookie()).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
  },
  "Error page for a wrong client or redirect URI": async () => {
    const url = new URL(authorizeUrl(workos, newPkce()));
    url.searchParams.set("client_id", "client_other");
    expect((await fetch(url, { redirect: "manual" })).status).toBe(400);
  },
  "`x5c` and `x5t#S256` in JWKS": async () => {
    const text = await (await fetch(workos.sdk.userManagement.getJwksUrl(CLIENT_ID))).text();
    expect(text).not.toMatch(/x5[ct]/);
  },
  "`session.revoked` when a user is deleted": async () => {
    const { user } = await signIn(workos, { email: "deleted@example.org" });
    await workos.sdk.userManagement.deleteUser(user.id);
    const [last] = await local<{ event: string }[]>(workos, "GET", "events");
    expect(last?.event).toBe("user.deleted");
  },
};

test("every covered row names an existing test", () => {
  const rows = rowsOf("Covered");
  expect(rows.length).toBeGreaterThan(10);
  const files = rows.map(([, cell]) => /^`(tests\/[\w/-]+\.test\.ts)`$/.exec(cell)?.[1] ?? cell);
  expect(files.filter((file) => !existsSync(join(PACKAGE, file)))).toEqual([]);
});

test("the probes below are exactly the rows of the table Not covered", () => {
  expect(Object.keys(NOT_COVERED)).toEqual(rowsOf("Not covered").map(([feature]) => feature));
});

test.each(Object.entries(NOT_COVERED))("not covered: %s", async (_feature, probe) => {
  await probe();
});
