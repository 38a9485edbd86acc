/**
 * The part of Cloudflare's API that `wrangler deploy` and `wrangler delete` use: one account with workers, KV
 * namespaces and domains.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const VERSION = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

export type Binding = { name: string; type: string; text?: string; namespace_id?: string };

export type Worker = {
  name: string;
  bindings: Binding[];
  migrations: { new_tag?: string } | undefined;
  domains: string[];
};

export type Cloudflare = {
  url: string;
  /** The workers by name. */
  workers: Map<string, Worker>;
  /** The titles of the existing KV namespaces. */
  namespaces: string[];
  /** Rejects the next upload. */
  refuseNext(): void;
  close(): Promise<void>;
};

type Metadata = { bindings?: Binding[]; migrations?: { new_tag?: string } };

/** Cloudflare's answer if the worker does not exist. */
const NO_WORKER = { status: 404, errors: [{ code: 10_007, message: "This Worker does not exist." }] };

export async function startCloudflare(): Promise<Cloudflare> {
  const namespaces: string[] = [];
  const workers = new Map<string, Worker>();
  let rejectNext = false;

  const answer = (method: string, path: string, page: number, body: string): object | typeof NO_WORKER => {
    const script = /\/workers\/(?:scripts|services)\/([\w-]+)/.exec(path)?.[1] ?? "";
    const worker = workers.get(script);
    if (path.endsWith("/storage/kv/namespaces")) {
      // Wrangler requests pages until one is empty.
      if (method === "GET" && page > 1) return [];
      if (method === "GET") return namespaces.map((title) => ({ id: "f".repeat(32), title }));
      const { title } = JSON.parse(body);
      if (namespaces.includes(title))
        return { status: 400, errors: [{ code: 10_014, message: "It already exists." }] };
      namespaces.push(title);
      return { id: "f".repeat(32), title };
    }
    if (path.endsWith("/assets-upload-session")) return { jwt: "no.more.needed", buckets: [] };
    // A later upload creates a version, which wrangler then deploys.
    const isVersion = method === "POST" && path.endsWith(`/scripts/${script}/versions`);
    if (isVersion || (method === "PUT" && path.endsWith(`/scripts/${script}`))) {
      if (rejectNext) {
        rejectNext = false;
        return { status: 403, errors: [{ code: 10_000, message: "Authentication error" }] };
      }
      const { bindings = [], migrations } = metadataOf(body);
      const kept = worker?.bindings ?? [];
      const whole = bindings.map((one) => (one.type === "inherit" ? (kept.find(sameName(one)) ?? one) : one));
      workers.set(script, { name: script, bindings: whole, migrations, domains: worker?.domains ?? [] });
      const uploaded = { startup_time_ms: 10, resources: { script: { etag: "e" } } };
      return isVersion ? { ...uploaded, id: VERSION } : { ...uploaded, id: script, deployment_id: VERSION };
    }
    if (path.endsWith("/domains/changeset"))
      return { added: JSON.parse(body), removed: [], updated: [], conflicting: [] };
    if (path.endsWith("/domains/records")) {
      const { origins }: { origins: { hostname: string }[] } = JSON.parse(body);
      if (worker) worker.domains = origins.map(({ hostname }) => hostname);
      return {};
    }
    if (/\/workers\/workers\//.test(path)) return { subdomain: { enabled: false, previews_enabled: false } };
    if (path.endsWith("/subdomain")) return { enabled: false, previews_enabled: false, subdomain: "team" };
    if (worker === undefined) return NO_WORKER;
    if (method === "DELETE") {
      workers.delete(script);
      return {};
    }
    if (path.endsWith("/settings")) return { bindings: worker.bindings, migration_tag: "v1" };
    if (path.endsWith("/secrets")) return worker.bindings.filter(({ type }) => type === "secret_text");
    if (path.endsWith("/deployments")) return { deployments: [] };
    if (path.includes("/services/"))
      return {
        id: script,
        default_environment: {
          environment: "production",
          script: { migration_tag: "v1", tag: "t", last_deployed_from: "wrangler" },
        },
      };
    return {};
  };

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const page = Number(searchParams.get("page") ?? 1);
    const given = answer(request.method ?? "", pathname, page, Buffer.concat(chunks).toString());
    const rejected = "errors" in given ? given : null;
    response.writeHead(rejected?.status ?? 200, { "Content-Type": "application/json" }).end(
      JSON.stringify({
        success: rejected === null,
        errors: rejected?.errors ?? [],
        messages: [],
        result: rejected === null ? given : null,
        result_info: { page, per_page: 100, count: 0, total_count: 0 },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    workers,
    namespaces,
    refuseNext: () => {
      rejectNext = true;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const sameName = (one: Binding) => (other: Binding) => other.name === one.name;

/** Returns the part of an upload that lists the worker's bindings and migrations. */
function metadataOf(body: string): Metadata {
  const text = /name="metadata"[\s\S]*?\r\n\r\n(.*)\r\n/.exec(body)?.[1];
  if (text === undefined) throw new Error("an upload without metadata");
  return JSON.parse(text);
}
