/** Calls every Convex function as every kind of caller and compares the results with the permission table. */
import { globSync } from "node:fs";
import { makeFunctionReference } from "convex/server";
import type { Value } from "convex/values";
import { beforeAll, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { DEVICE, type Member, rejectionOf, signIn } from "./people.ts";
import { ROWS, type Row, type Scene, SIGNED_IN, type SignedIn } from "./permission-rows.ts";
import type { Person } from "./person.ts";

const { startBackend } = openBackends();

type Exported = {
  isPublic?: boolean;
  isInternal?: boolean;
  isQuery?: boolean;
  isMutation?: boolean;
  exportArgs?: () => string;
};
type Found = { path: string; kind: "query" | "mutation"; isPublic: boolean; takesPages: boolean };

/** Returns every query and mutation that the modules of convex/ export. */
async function findFunctions(): Promise<Found[]> {
  const folder = new URL("../../convex/", import.meta.url);
  const names = globSync("**/*.ts", { cwd: folder.pathname })
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !name.startsWith("_generated/") && !name.split("/").at(-1)?.includes("."));
  const found = await Promise.all(
    names.map(async (name) => {
      const exported: Record<string, Exported> = await import(new URL(`${name}.ts`, folder).href);
      return Object.entries(exported)
        .filter(([, fn]) => fn?.isQuery === true || fn?.isMutation === true)
        .map(([fn, { isQuery, isPublic, exportArgs }]) => ({
          path: `${name}:${fn}`,
          kind: isQuery === true ? ("query" as const) : ("mutation" as const),
          isPublic: isPublic === true,
          takesPages: exportArgs?.().includes('"paginationOpts"') === true,
        }));
    }),
  );
  return found.flat().sort((a, b) => a.path.localeCompare(b.path));
}

const functions = await findFunctions();
const open = functions.filter(({ isPublic }) => isPublic);

let backend: TestBackend;
let admin: Member;
let readOnlyScene: Cast;
let rejected: Record<string, Person>;
let scenes = 0;
let sessions = 0;

beforeAll(async () => {
  backend = await startBackend();
  admin = await signIn(backend, "ada");
  readOnlyScene = await newScene();
  rejected = await rejectedCallers(readOnlyScene.people.owner);
});

type Cast = { scene: Omit<Scene, "caller">; people: Record<SignedIn, Member> };

/** Creates new users, so that calls do not affect each other; the admin is shared. */
async function newScene(): Promise<Cast> {
  scenes += 1;
  const owner = await signIn(backend, `owner${scenes}`);
  const member = await signIn(backend, `member${scenes}`);
  const developer = await signIn(backend, `developer${scenes}`);
  const viewer = await signIn(backend, `viewer${scenes}`, { role: "viewer" });
  // agents:start
  const projectId = await owner.mutation(api.projects.create, { name: "Engine" });
  await owner.mutation(api.projects.addMember, { projectId, email: member.email });
  await owner.mutation(api.projects.addMember, { projectId, email: "invited@example.com" });
  const { keyId } = await owner.mutation(api.projectKeys.create, { projectId, name: "Key" });
  const ruleId = await owner.mutation(api.alertRules.create, {
    projectId,
    rule: { kind: "state", agent: null, state: "failed" },
  });
  const { channelId } = await owner.mutation(api.alertChannels.create, {
    ...{ projectId, kind: "webhook" as const, address: "https://example.com/alerts" },
  });
  // An agent with one bucket; faster than to report and to wait for it.
  const agent = { projectId, agent: "scout" };
  const seen = { firstSeenAt: 0, lastSeenAt: 0, reportAt: null, reports: [], doneReports: [] };
  await backend.store("agents", [{ ...agent, ...seen }]);
  const chunk = { offsets: [0], counts: [1], sums: [1], mins: [1], maxs: [1] };
  await backend.store("stats", [{ ...agent, name: "latency", width: 60_000, at: 0, ...chunk }]);
  // agents:end
  return {
    scene: {
      owner,
      member,
      ...{ projectId, keyId, ruleId, channelId }, // agents:line
    },
    people: { viewer, developer, member, owner, admin: await inNewSession(admin) },
  };
}

/** Returns the user in a new session, because some functions revoke the session they are called in. */
async function inNewSession(person: Member): Promise<Member> {
  sessions += 1;
  const { workosUserId, email } = person;
  const sessionId = `session_new_${sessions}`;
  const fresh = backend.as({ sub: workosUserId, sid: sessionId });
  const session = { sessionId, ...DEVICE };
  await fresh.mutation(api.edge.signedIn, {
    workosUserId,
    email,
    emailVerified: true,
    session,
    edge: EDGE_SECRET,
  });
  return { ...person, ...fresh, sessionId };
}

/** Returns callers whose tokens are invalid, and one with a revoked session; every function rejects them. */
async function rejectedCallers(user: Member): Promise<Record<string, Person>> {
  const { workosUserId: sub, sessionId: sid } = user;
  const revoked = await inNewSession(user);
  await revoked.mutation(api.sessions.revoke, { sessionId: revoked.sessionId, ...DEVICE, edge: EDGE_SECRET });
  return {
    forged: backend.forged({ sub, sid }),
    expired: backend.expired({ sub, sid }),
    "of another client": backend.as({ sub, sid, client_id: "client_other" }),
    // It could not be revoked.
    "without a session": backend.as({ sub }),
    "of a revoked session": revoked,
  };
}

async function call(person: Person, { path, kind }: Found, args: Record<string, Value | undefined>) {
  const answer =
    kind === "query"
      ? person.query(makeFunctionReference<"query">(path), args)
      : person.mutation(makeFunctionReference<"mutation">(path), args);
  return (await rejectionOf(answer)).replace("none", "ok");
}

test("the permission table lists exactly the public functions", () => {
  expect(Object.keys(ROWS).sort()).toEqual(open.map(({ path }) => path).sort());
});

/** Scene to reuse until a mutation spends it. */
let unspent: Cast | null = null;

/** Calls a function in a scene that no other call has spent; all queries share one. */
async function callInScene(
  fn: Found,
  row: Row,
  who: SignedIn,
  as: (member: Member) => Person = (member) => member,
): Promise<string> {
  if (fn.kind === "mutation") unspent ??= await newScene();
  const { scene, people } = (fn.kind === "mutation" && unspent) || readOnlyScene;
  const caller = people[who];
  const answer = await call(as(caller), fn, row.args({ ...scene, caller }));
  if (fn.kind === "mutation" && row.spends && answer === "ok") {
    unspent = null;
    // A mutation of the shared admin may end all other sessions of theirs.
    if (who === "admin") readOnlyScene.people.admin = await inNewSession(admin);
  }
  return answer;
}

const impersonated = ({ workosUserId: sub, sessionId: sid }: Member) =>
  backend.as({ sub, sid, act: { sub: "support@example.com" } });

describe.each(open)("$path", (fn) => {
  const row: Row = ROWS[fn.path] ?? { args: () => ({}), answers: {} as Row["answers"] };

  test("answers each signed-in user as the permission table says", async () => {
    const answers: Partial<Record<SignedIn, string>> = {};
    for (const who of SIGNED_IN) answers[who] = await callInScene(fn, row, who);
    expect(answers).toEqual(row.answers);
  });

  test("answers an impersonator of a user who may call it as the permission table says", async () => {
    const who = SIGNED_IN.findLast((one) => row.answers[one] === "ok") ?? "owner";
    expect(await callInScene(fn, row, who, impersonated)).toBe(row.impersonator ?? "ok");
  });

  test("rejects missing and invalid tokens, and those of a revoked session", async () => {
    const { scene, people } = readOnlyScene;
    const args = row.args({ ...scene, caller: people.owner });
    expect(await call(backend.nobody, fn, args)).toBe(row.nobody ?? "unauthenticated");
    for (const [what, caller] of Object.entries(rejected))
      expect(await call(caller, fn, args), what).toBe("unauthenticated");
  });
});

describe.each(open.filter(({ takesPages }) => takesPages))("pagination of $path", (fn) => {
  const ask = async (paginationOpts: Record<string, Value>) => {
    const caller = readOnlyScene.people.admin;
    const args = ROWS[fn.path]?.args({ ...readOnlyScene.scene, caller });
    return call(caller, fn, { ...args, paginationOpts: { cursor: null, ...paginationOpts } });
  };

  test("accepts page sizes from 1 to 100", async () => {
    for (const numItems of [1, 100]) expect(await ask({ numItems })).toBe("ok");
    for (const numItems of [101, 30_000, 1e12, 0, -1, 1.5, 99.9, NaN, Infinity, -Infinity]) {
      expect(await ask({ numItems }), String(numItems)).toBe("invalid");
    }
  });

  test("accepts only positive integers as limits of rows and bytes read", async () => {
    expect(await ask({ numItems: 5, maximumRowsRead: 10, maximumBytesRead: 10_000 })).toBe("ok");
    for (const limit of [0, -1, 0.5, NaN]) {
      expect(await ask({ numItems: 5, maximumRowsRead: limit }), String(limit)).toBe("invalid");
      expect(await ask({ numItems: 5, maximumBytesRead: limit }), String(limit)).toBe("invalid");
    }
  });
});

test("finds the paginated functions", () => {
  expect(open.filter(({ takesPages }) => takesPages).map(({ path }) => path)).toEqual(
    expect.arrayContaining(["auditLogs:all", "auditLogs:mine", "users:list"]),
  );
});

test.each(functions.filter(({ isPublic }) => !isPublic))(
  "$path is internal and rejects external calls",
  async (fn) => {
    await expect(call(admin, fn, {})).rejects.toThrow();
  },
);
