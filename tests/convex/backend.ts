/** Local Convex backend with the project's functions, called over HTTP with signed tokens. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { ConvexClient } from "convex/browser";
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { adminKeyFor, startConvex } from "convex-local";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Person, person } from "./person.ts";
import { CLIENT_ID, type Claims, startTokenIssuer, type TokenIssuer } from "./tokens.ts";

export const EDGE_SECRET = "edge-secret-of-the-tests-0123456789abcdef";
export const WEBHOOK_SECRET = "webhook-secret-of-the-tests";

export type TestBackend = {
  /** Suffix of every name, so that tests on a shared server do not collide; "" on a dedicated server. */
  scope: string;
  nobody: Person;
  as(claims: Claims): Person;
  /** Returns a caller whose token is signed with an unknown key. */
  forged(claims: Claims): Person;
  /** Returns a caller whose token has expired. */
  expired(claims: Claims): Person;
  /** Runs an internal function with the admin key, like `convex run`. */
  run(path: string, args: Record<string, Value>): Promise<unknown>;
  /** Returns the stored documents of a table, newest first. */
  rows(table: string): Promise<Row[]>;
  /** Opens a socket, as a tab does. The caller closes it. */
  connect(claims: Claims): ConvexClient;
  /** Stores documents as they are, beside those of the table or instead of them. */
  store(table: string, documents: { [field: string]: Value }[], how?: "add" | "replace"): Promise<void>;
  /** Returns what the calls of a function used at most since the start, such as `pages:dashboard`. */
  highestUse(path: string): Promise<Use>;
  /** Changes environment variables of the functions, as `convex env set` does. */
  setVariables(values: Record<string, string>): Promise<void>;
  /** Sends a request to the HTTP routes of convex/http.ts. */
  fetch(path: string, init: RequestInit): Promise<Response>;
};

/** How the mutations of a server run. */
type ServerOptions = {
  /**
   * Makes concurrent mutations conflict by Convex's rules, with this time in ms that a mutation takes. Without it,
   * mutations run one after another.
   */
  mutationMs?: number;
  /** Environment variables beside those of {@link environment}. */
  env?: Record<string, string>;
};

/** The time of a mutation in tests whose functions write documents that others read. */
export const CONFLICTS: ServerOptions = { mutationMs: 30 };

/** What the calls of a function used at most. */
export type Use = {
  path: string;
  calls: number;
  indexRanges: number;
  documentsRead: number;
  bytesRead: number;
  documentsWritten: number;
  bytesWritten: number;
  /** Conflicts of all calls, by table. */
  conflicts: { [table: string]: number };
};

/** A stored document. */
export type Row = { _id: string; _creationTime: number; [field: string]: Value };

/** A backend in a separate process. */
export type BackendProcess = TestBackend & {
  /** Kills the process at once. */
  kill(): Promise<void>;
  /** Starts the process again, with the same data. */
  start(): Promise<void>;
};

/** `url` and `siteUrl` change when a server is started again. */
type Server = { url: string; siteUrl: string; adminKey: string; close(): Promise<void> };

const MOST_SCOPES = 200;

export type Backends = {
  /**
   * Starts the test file's shared server with these options, or reuses it with a new scope.
   * @param options - How mutations run.
   * @returns A backend whose ADMIN_EMAILS contains `ada` plus the scope.
   */
  startBackend(options?: ServerOptions): Promise<TestBackend>;
  /**
   * Starts an empty server for one test, for results that depend on all users of a deployment.
   * @param options - How mutations run.
   * @returns A backend with an empty scope.
   */
  startBackendAlone(options?: ServerOptions): Promise<TestBackend>;
  /**
   * Starts an empty server in a separate process, for one test that kills it.
   * @returns A backend with an empty scope.
   */
  startBackendProcess(): Promise<BackendProcess>;
};

/** Opens the backends of a test file. Registers vitest hooks, so call it once at the top of a file. */
export function openBackends(): Backends {
  let issuer: TokenIssuer;
  /** The shared servers by their options as JSON. */
  const shared = new Map<string, Promise<Server>>();
  let scopes = 0;
  const dedicatedServers: Server[] = [];

  beforeAll(async () => {
    issuer = await startTokenIssuer();
  });

  afterEach(async () => {
    await Promise.all(dedicatedServers.splice(0).map((server) => server.close()));
  });

  afterAll(async () => {
    for (const server of shared.values()) await (await server).close();
    await issuer.close();
  });

  return {
    async startBackend(options = {}) {
      const key = JSON.stringify(options);
      const server = shared.get(key) ?? startServer(issuer, options);
      shared.set(key, server);
      scopes += 1;
      return backendOn(await server, issuer, `${scopes}`);
    },
    async startBackendAlone(options = {}) {
      const server = await startServer(issuer, options);
      dedicatedServers.push(server);
      return backendOn(server, issuer, "");
    },
    async startBackendProcess() {
      const { server, kill, start } = await startProcess(issuer);
      dedicatedServers.push(server);
      return { ...backendOn(server, issuer, ""), kill, start };
    },
  };
}

const FUNCTIONS = fileURLToPath(new URL("../../convex", import.meta.url));

function environment(issuer: TokenIssuer): Record<string, string> {
  const admins = Array.from({ length: MOST_SCOPES }, (_, scope) => `ada${scope || ""}@example.com`);
  return {
    WORKOS_API_URL: issuer.url,
    WORKOS_CLIENT_ID: CLIENT_ID,
    WORKOS_WEBHOOK_SECRET: WEBHOOK_SECRET,
    CONVEX_EDGE_SECRET: EDGE_SECRET,
    ADMIN_EMAILS: ` ${admins.join(" , ").toUpperCase()}`,
  };
}

async function startServer(issuer: TokenIssuer, { mutationMs, env = {} }: ServerOptions): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-backend-"));
  const dataFile = join(folder, "convex.sqlite");
  const convex = await startConvex({
    functionsDir: FUNCTIONS,
    port: 0,
    sitePort: 0,
    dataFile,
    env: { ...environment(issuer), ...env },
    log: () => {},
    conflicts: mutationMs === undefined ? null : { mutationMs },
  });
  const close = async () => {
    await convex.close();
    rmSync(folder, { recursive: true });
  };
  return { url: convex.url, siteUrl: convex.siteUrl, adminKey: adminKeyFor(dataFile), close };
}

async function startProcess(issuer: TokenIssuer) {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-backend-"));
  const dataFile = join(folder, "convex.sqlite");
  const cli = fileURLToPath(new URL("../../packages/convex-local/src/cli.ts", import.meta.url));
  const ports = ["--port", "0", "--site-port", "0"];
  const flags = ["--functions", FUNCTIONS, "--data", dataFile, ...ports, "--no-watch"];
  let child: ChildProcess;
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const close = async () => {
    await kill();
    rmSync(folder, { recursive: true });
  };
  const server: Server = { url: "", siteUrl: "", adminKey: "", close };
  const start = async () => {
    const env = { ...process.env, ...environment(issuer) };
    child = spawn(process.execPath, [cli, ...flags], { env, stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      const urls = /^Convex is at (\S+), HTTP actions at (\S+)\.$/.exec(line);
      if (urls === null) continue;
      Object.assign(server, { url: urls[1], siteUrl: urls[2], adminKey: adminKeyFor(dataFile) });
      break;
    }
    child.stdout?.resume();
  };
  await start();
  return { server, kill, start };
}

function backendOn(server: Server, issuer: TokenIssuer, scope: string): TestBackend {
  const admin = () => ({ Authorization: `Convex ${server.adminKey}` });
  return {
    scope,
    nobody: person(server, null),
    as: (claims) => person(server, issuer.sign(claims)),
    forged: (claims) => person(server, issuer.forge(claims)),
    connect: (claims) => {
      const client = new ConvexClient(server.url, { logger: false });
      client.setAuth(() => issuer.sign(claims));
      return client;
    },
    expired: (claims) => person(server, issuer.signExpired(claims)),
    run: async (path, args) => {
      const answer = await fetch(`${server.url}/api/function`, {
        method: "POST",
        headers: { ...admin(), "Content-Type": "application/json" },
        body: JSON.stringify({ path, format: "json", args }),
      });
      return await answer.json();
    },
    rows: async (table) => {
      const rows: Row[] = [];
      for (let cursor: string | null = null; ; ) {
        const query: URLSearchParams = new URLSearchParams({
          table,
          limit: "500",
          ...(cursor && { cursor }),
        });
        const answer = await fetch(`${server.url}/api/local/documents?${query}`, { headers: admin() });
        const page = (await answer.json()) as { documents: JSONValue[]; cursor: string | null };
        rows.push(...page.documents.map((document) => jsonToConvex(document) as Row));
        if (page.cursor === null) return rows;
        cursor = page.cursor;
      }
    },
    store: async (table, documents, how = "add") => {
      const sent = documents.map((one) => convexToJson(one));
      const answer = await fetch(`${server.url}/api/local/documents`, {
        method: "POST",
        headers: { ...admin(), "Content-Type": "application/json" },
        body: JSON.stringify({ table, documents: sent, replace: how === "replace" }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    highestUse: async (path) => {
      const answer = await fetch(`${server.url}/api/local/use`, { headers: admin() });
      const { functions } = (await answer.json()) as { functions: Use[] };
      const use = functions.find((one) => one.path === path);
      if (use === undefined) throw new Error(`${path} was not called`);
      return use;
    },
    setVariables: async (values) => {
      const changes = Object.entries(values).map(([name, value]) => ({ name, value }));
      const answer = await fetch(`${server.url}/api/update_environment_variables`, {
        method: "POST",
        headers: { ...admin(), "Content-Type": "application/json" },
        body: JSON.stringify({ changes }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    fetch: (path, init) => fetch(`${server.siteUrl}${path}`, init),
  };
}
