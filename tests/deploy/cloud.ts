/**
 * Local cloud for deploy tests at `https://*.mosaic.test`: the WorkOS emulator and a local Convex behind TLS,
 * and an address that answers once the worker is deployed. The real wrangler calls an emulated Cloudflare
 * API. A replacement for Convex's CLI does the push, because only Convex's cloud has that API.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { runVariables } from "../temporary.ts";
import { type Cloudflare, startCloudflare, VERSION } from "./cloudflare.ts";
import type { ToolCall } from "./tool.ts";

export const SECRETS = {
  WORKOS_API_KEY: "sk_live_key_of_the_deploys_tests",
  WORKOS_COOKIE_PASSWORD: "cookie-password-of-the-deploys-tests-01",
  WORKOS_WEBHOOK_SECRET: "webhook-secret-of-the-deploys-tests",
  CONVEX_EDGE_SECRET: "edge-secret-of-the-deploys-tests-0123456789",
  CONVEX_DEPLOY_KEY: "prod:happy-animal-123|key-of-the-deploys-tests",
  CLOUDFLARE_API_TOKEN: "token-of-the-deploys-tests-00000001",
} as const;

const CLIENT_ID = "client_of_the_deploys_tests";

export type Cloud = {
  /** The values of a valid deployment. */
  values: Record<string, string>;
  /** The variables that the deploy's process needs to reach this cloud. */
  reach: Record<string, string>;
  /** Every call of a wrapped tool, in order. */
  calls: ToolCall[];
  /** Convex's current variables. */
  variables: Record<string, string>;
  cloudflare: Cloudflare;
  /** Makes the next push of functions fail. */
  failNextPush(): void;
  /** Replaces the redirect URIs registered at WorkOS. */
  register(uris: string[]): Promise<void>;
  close(): Promise<void>;
};

/**
 * Starts the cloud, without functions and without a worker.
 *
 * @param functionsDir - The functions that a push deploys.
 * @param build - Makes the build for an environment in place of a wrapped `react-router build`.
 */
export async function startCloud(
  functionsDir: string,
  build: (environment: string) => void = () => {},
): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-cloud-"));
  const certificate = makeCertificate(folder);
  const reach = {
    NODE_OPTIONS: `--import ${join(process.cwd(), "tests/deploy/cloud-here.mjs")}`,
    NODE_EXTRA_CA_CERTS: join(folder, "cert.pem"),
  };
  const children = new Set<ChildProcess>();
  const servers: Server[] = [];
  const calls: ToolCall[] = [];
  const variables: Record<string, string> = {};
  const cloudflare = await startCloudflare();
  let failing = false;
  let pushed = false;
  let convexPort = 0;
  let convex: ChildProcess | null = null;

  const workosPort = await startChild(
    children,
    ["packages/workos-local/bin/workos-local.mjs", "--port", "0", "--data", join(folder, "workos.sqlite")],
    { WORKOS_CLIENT_ID: CLIENT_ID, WORKOS_API_KEY: SECRETS.WORKOS_API_KEY },
  ).then(({ port }) => port);
  const startConvex = async (functions: string) => {
    if (convex !== null) await ended(convex);
    const args = [
      "packages/convex-local/bin/convex-local.mjs",
      "--functions",
      functions,
      "--port",
      "0",
      "--site-port",
      "0",
    ];
    const data = ["--data", join(folder, "convex.sqlite"), "--no-watch"];
    const started = await startChild(children, [...args, ...data], { ...reach, ...variables });
    convexPort = started.port;
    convex = started.child;
  };
  mkdirSync(join(folder, "empty"));
  await startConvex(join(folder, "empty"));

  const serve = (handler: Parameters<typeof createServer>[1], tls: boolean): Promise<number> => {
    const server = tls ? createTlsServer(certificate, handler) : createServer(handler);
    servers.push(server);
    return new Promise((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
  };
  const passTo = (port: () => number) =>
    serve((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      // Sets the Host header to the emulator's address, as a reverse proxy does.
      const host = `127.0.0.1:${port()}`;
      const onward = forward({
        host: "127.0.0.1",
        port: port(),
        method,
        path,
        headers: { ...headers, host },
      });
      onward.on("response", (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.writeHead(502).end());
      incoming.pipe(onward);
    }, true);

  const workosUrl = `https://workos.mosaic.test:${await passTo(() => workosPort)}`;
  const convexUrl = `https://convex.mosaic.test:${await passTo(() => convexPort)}`;
  const appPort = await serve(({ headers }, response) => {
    const [host = ""] = headers.host?.split(":") ?? [];
    if (![...cloudflare.workers.values()].some(({ domains }) => domains.includes(host)))
      return void response.writeHead(404).end();
    response
      .setHeader("Content-Type", "application/json")
      .end(JSON.stringify({ status: "ok", version: VERSION }));
  }, true);
  const appUrl = `https://app.mosaic.test:${appPort}`;

  const carryOut = async ({
    tool,
    args,
    file,
    environment,
  }: ToolCall): Promise<{ code: number; output: string } | "real"> => {
    if (tool === "wrangler") return "real";
    if (tool === "tsc") return { code: 0, output: "" };
    if (tool === "react-router") {
      build(environment.CLOUDFLARE_ENV ?? "");
      return { code: 0, output: "Built." };
    }
    if (args[0] === "env") {
      Object.assign(variables, parseEnv(file ?? ""));
      // Restarts the deployed functions with the new variables.
      if (pushed) await startConvex(functionsDir);
      return { code: 0, output: "Successfully set." };
    }
    if (failing) {
      failing = false;
      return { code: 1, output: `It is out of order. ${SECRETS.CONVEX_EDGE_SECRET}` };
    }
    const missing = ["WORKOS_API_URL", "WORKOS_CLIENT_ID", "WORKOS_ISSUER"].filter(
      (name) => !variables[name],
    );
    if (missing.length > 0) return { code: 1, output: `auth.config.ts reads ${missing.join(", ")}, not set` };
    await startConvex(functionsDir);
    pushed = true;
    return { code: 0, output: `Deployed Convex functions to ${convexUrl}` };
  };
  const toolPort = await serve(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const call: ToolCall = JSON.parse(body);
    const answer = await carryOut(call);
    calls.push(call);
    outgoing.end(JSON.stringify(answer));
  }, false);

  const register = async (uris: string[]) => {
    const response = await fetch(`http://127.0.0.1:${workosPort}/_local/settings`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ redirectUris: uris }),
    });
    if (!response.ok) throw new Error(`WorkOS's settings: ${response.status}`);
    await response.arrayBuffer();
  };
  await register([`${appUrl}/callback`]);
  return {
    values: {
      ...SECRETS,
      APP_URL: appUrl,
      WORKOS_CLIENT_ID: CLIENT_ID,
      WORKOS_API_URL: workosUrl,
      CONVEX_URL: convexUrl,
      ADMIN_EMAILS: "ada@example.com",
      CLOUDFLARE_ACCOUNT_ID: "0123456789abcdef0123456789abcdef",
    },
    reach: {
      ...reach,
      TOOL_CALLS: `http://127.0.0.1:${toolPort}`,
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
    },
    calls,
    variables,
    cloudflare,
    failNextPush: () => {
      failing = true;
    },
    register,
    close: async () => {
      await Promise.all([...children].map(ended));
      await cloudflare.close();
      for (const server of servers) {
        if ("closeAllConnections" in server)
          (server as ReturnType<typeof createServer>).closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** Returns the values of all previews in this cloud. */
export function previewValues({ values }: Cloud): Record<string, string> {
  return {
    ...values,
    APP_URL: values.APP_URL?.replace("//app.", "//mosaic-staging-*.") ?? "",
    CONVEX_URL: "",
    CONVEX_DEPLOY_KEY: "preview:team:mosaic|key-of-the-deploys-tests",
  };
}

function makeCertificate(folder: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=mosaic.test", "-addext", "subjectAltName=DNS:*.mosaic.test"];
  const options = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
  const made = spawnSync("openssl", [...options, "-keyout", key, "-out", cert], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** Starts an emulator, and resolves when it has printed its port. */
function startChild(
  children: Set<ChildProcess>,
  args: string[],
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...runVariables(), ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      printed += text;
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      if (port !== undefined && printed.endsWith("\n")) resolve({ child, port: Number(port) });
    });
    child.once("exit", (code) => reject(new Error(`${args[0]} ended with ${code}:\n${printed}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}
