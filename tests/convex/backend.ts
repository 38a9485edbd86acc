/** Local Convex backend with the project's functions, called over HTTP with signed tokens. */
import { ConvexHttpClient } from "convex/browser";
import {
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
  getFunctionName,
} from "convex/server";
import { ConvexError, convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { afterEach, test } from "vitest";
import { provenArgs } from "./proof.ts";
import { type Server, type ServerOptions, startProcess, startServer } from "./servers.ts";
import { type Claims, startTokenIssuer, type TokenIssuer } from "./tokens.ts";

export { EDGE_SECRET, WEBHOOK_SECRET } from "./servers.ts";

/** Caller of Convex functions. A secret in `edge` is sent as the proof of the call with that secret. */
export type Person = {
  query<F extends FunctionReference<"query">>(fn: F, args: FunctionArgs<F>): Promise<FunctionReturnType<F>>;
  mutation<F extends FunctionReference<"mutation">>(
    fn: F,
    args: FunctionArgs<F> & { edge?: unknown },
  ): Promise<FunctionReturnType<F>>;
};

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
  /** Stores documents as they are, beside those of the table or instead of them. */
  store(table: string, documents: { [field: string]: Value }[], how?: "add" | "replace"): Promise<void>;
  /** Returns what the calls of a function used at most since the start, such as `pages:dashboard`. */
  highestUse(path: string): Promise<Use>;
  /** Sends a request to the HTTP routes of convex/http.ts. */
  fetch(path: string, init: RequestInit): Promise<Response>;
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

export type Backends = {
  /**
   * Starts a server with these options, which test files share, or reuses it with a new scope.
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

/** Number of `startBackend` calls of this worker. */
let scopes = 0;

/** The servers of all test files that a worker runs: starting one takes a second of CPU. */
const withServers = test
  .extend("shared", { scope: "worker" }, () => new Map<number | undefined, Promise<Server>>())
  .extend("issuer", { scope: "worker" }, async ({ shared }, { onCleanup }) => {
    const issuer = await startTokenIssuer();
    onCleanup(async () => {
      for (const server of shared.values()) await (await server).close();
      await issuer.close();
    });
    return issuer;
  });

/** Opens the backends of a test file. Registers vitest hooks, so call it once at the top of a file. */
export function openBackends(): Backends {
  let shared: Map<number | undefined, Promise<Server>>;
  let issuer: TokenIssuer;
  const dedicatedServers: Server[] = [];

  // Vitest starts what the parameter names.
  withServers.beforeAll(({ shared: servers, issuer: started }) => {
    shared = servers;
    issuer = started;
  });

  afterEach(async () => {
    await Promise.all(dedicatedServers.splice(0).map((server) => server.close()));
  });

  return {
    async startBackend(options = {}) {
      const server = shared.get(options.mutationMs) ?? startServer(issuer, options);
      shared.set(options.mutationMs, server);
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

function backendOn(server: Server, issuer: TokenIssuer, scope: string): TestBackend {
  const admin = () => ({ Authorization: `Convex ${server.adminKey}` });
  return {
    scope,
    nobody: person(server, null),
    as: (claims) => person(server, issuer.sign(claims)),
    forged: (claims) => person(server, issuer.forge(claims)),
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
    fetch: (path, init) => fetch(`${server.siteUrl}${path}`, init),
  };
}

function person(server: Server, token: Promise<string> | null): Person {
  const client = async () => {
    const answered = { status: 0 };
    const http = new ConvexHttpClient(server.url, {
      logger: false,
      fetch: async (input, init) => {
        const response = await fetch(input as string, init as RequestInit);
        answered.status = response.status;
        return response;
      },
    });
    if (token !== null) http.setAuth(await token);
    return { http, answered };
  };
  const call = async <T>(run: (http: ConvexHttpClient) => Promise<T>): Promise<T> => {
    const { http, answered } = await client();
    try {
      return await run(http);
    } catch (error) {
      // Convex itself rejects a token that does not verify; report it like the functions' own errors.
      if (answered.status === 401) throw new ConvexError({ code: "unauthenticated", message: "HTTP 401" });
      throw error;
    }
  };
  return {
    query: (fn, args) => call(async (http) => http.query(fn, await provenArgs(getFunctionName(fn), args))),
    mutation: (fn, args) =>
      call(async (http) => http.mutation(fn, await provenArgs(getFunctionName(fn), args))),
  };
}
