/** Demo agent: retries as the server asks, sends each batch once, and exits cleanly. */
import { spawn } from "node:child_process";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { RejectedMetricsError, send } from "../../../local/demo/send.ts";

type Answer = { status: number; headers?: Record<string, string> };
type Seen = { at: number; headers: IncomingHttpHeaders; body: string };

/** Starts a server that gives these answers in order and repeats the last one. */
async function answering(
  ...answers: Answer[]
): Promise<{ url: string; seen: Seen[]; asked(): Promise<void> }> {
  const seen: Seen[] = [];
  let tell: () => void = () => undefined;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    seen.push({ at: Date.now(), headers: request.headers, body });
    const { status, headers } = answers[Math.min(seen.length, answers.length) - 1] ?? { status: 500 };
    response.writeHead(status, headers).end("{}");
    tell();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const asked = () =>
    seen.length > 0 ? Promise.resolve() : new Promise<void>((resolve) => (tell = resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, asked };
}

const metric = { agent: "a", name: "n", value: 1, at: 1 };
const never = new AbortController().signal;

test.each([429, 503])(
  "retries after %i with the same Idempotency-Key, and waits for Retry-After",
  async (status) => {
    const { url, seen } = await answering({ status, headers: { "retry-after": "1" } }, { status: 202 });
    await send({ url, key: "mosaic_x" }, [metric], never);
    const [first, second] = seen;
    expect(seen).toHaveLength(2);
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    expect(second?.body).toBe(first?.body);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(first?.headers.authorization).toBe("Bearer mosaic_x");
  },
);

test("sends batches of 500, each with a different Idempotency-Key", async () => {
  const { url, seen } = await answering({ status: 202 });
  await send(
    { url, key: "mosaic_x" },
    Array.from({ length: 1001 }, () => metric),
    never,
  );
  expect(seen.map(({ body }) => JSON.parse(body).metrics.length)).toEqual([500, 500, 1]);
  expect(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(3);
});

test("does not retry rejected metrics", async () => {
  const { url, seen } = await answering({ status: 401 });
  await expect(send({ url, key: "mosaic_x" }, [metric], never)).rejects.toThrow(RejectedMetricsError);
  expect(seen).toHaveLength(1);
});

test("npm run agent sends until SIGTERM, and exits with 0", async () => {
  const { url, seen, asked } = await answering({ status: 202 });
  const agent = spawn(process.execPath, [
    "local/demo/cli.ts",
    "--key",
    "mosaic_x",
    "--url",
    url,
    "--agent",
    "me",
  ]);
  const code = new Promise((resolve) => agent.on("exit", resolve));
  await asked();
  agent.kill("SIGTERM");
  expect(await code).toBe(0);
  expect(JSON.parse(seen[0]?.body ?? "").metrics[0]).toMatchObject({
    agent: "me",
    value: expect.any(Number),
  });
});

test.each([
  [[], "--key is missing"],
  [["--key", "x", "--every", "0"], "--every takes"],
  [["--key", "x", "--url", "ftp://a"], "--url takes"],
  [["--wrong"], "--wrong"],
])("npm run agent prints one line for the invalid arguments %j", async (args, reason) => {
  const agent = spawn(process.execPath, ["local/demo/cli.ts", ...args]);
  let said = "";
  agent.stderr.on("data", (text) => (said += String(text)));
  expect(await new Promise((resolve) => agent.on("close", resolve))).toBe(1);
  expect(said).toContain(reason);
  expect(said.trimEnd()).not.toContain("\n");
});
