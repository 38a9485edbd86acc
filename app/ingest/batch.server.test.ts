import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readBatch, readPing, readStatus } from "./batch.server.ts";
import { MAX_BODY_BYTES } from "./body.server.ts";
import type { Reader } from "./ingest.server.ts";

const now = Date.now();
const good = { agent: "a", name: "n", value: 1 };

const sent = (body: BodyInit, headers: Record<string, string> = {}) =>
  readBatch(
    new Request("http://localhost/api/v1/metrics", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...headers },
    }),
  );

/** Returns the code of a rejection, or `batch`. */
const codeOf = (result: Result) => (result.kind === "batch" ? "batch" : result.code);

const batchOf = (...metrics: unknown[]) => JSON.stringify({ metrics });

/** Returns the issues of a batch, each as `index message`. */
async function issues(body: string): Promise<string[]> {
  return issuesIn(await sent(body));
}

type Result = Awaited<ReturnType<Reader>>;

function issuesIn(result: Result): string[] {
  if (result.kind !== "rejected") throw new Error("expected it to be rejected");
  return (result.issues ?? []).map(({ index, message }) => `${index} ${message}`);
}

describe("a batch", () => {
  it("is read as sent, without unknown fields", async () => {
    const result = await sent(batchOf({ ...good, at: now, extra: "x" }), { "Idempotency-Key": "k" });
    expect(result).toMatchObject({
      kind: "batch",
      batch: {
        metrics: [{ ...good, at: now }],
        idempotencyKey: "k",
        bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it("may specify a charset in its content type", async () => {
    const headers = { "Content-Type": "Application/JSON; charset=utf-8" };
    expect(codeOf(await sent(batchOf(good), headers))).toBe("batch");
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])(
    "is rejected with the content type %s",
    async (type) => {
      expect(codeOf(await sent(batchOf(good), { "Content-Type": type }))).toBe("unsupported_media_type");
    },
  );

  it("is rejected over 256 KiB, even without a Content-Length", async () => {
    const long = new Uint8Array(MAX_BODY_BYTES + 1).fill(32);
    expect(codeOf(await sent(long))).toBe("too_large");
    const stream = new Blob([long]).stream();
    const request = new Request("http://localhost/", {
      method: "POST",
      body: stream,
      headers: { "Content-Type": "application/json" },
      duplex: "half",
    } as RequestInit);
    expect(codeOf(await readBatch(request))).toBe("too_large");
  });

  it("may be larger than 256 KiB as sent if gzip made it so", async () => {
    const gzip = { "Content-Encoding": "gzip" };
    const stored = (length: number) => gzipSync(batchOf(good).padEnd(length), { level: 0 });
    expect(stored(MAX_BODY_BYTES).length).toBeGreaterThan(MAX_BODY_BYTES);
    expect(codeOf(await sent(stored(MAX_BODY_BYTES), gzip))).toBe("batch");
    expect(codeOf(await sent(stored(MAX_BODY_BYTES + 1), gzip))).toBe("too_large");
  });

  it.each(["", "{", "null", "[]", '"x"', "7"])("is rejected as a whole if the body is %j", async (body) => {
    expect((await issues(body))[0]).toMatch(/^null /);
  });

  it("is rejected if it is not valid UTF-8", async () => {
    expect(codeOf(await sent(new Uint8Array([0x22, 0xff, 0x22])))).toBe("invalid");
  });

  it("has 1 to 500 items", async () => {
    expect(await issues(batchOf())).toEqual(["null metrics and statuses must have 1 to 500 items together"]);
    expect(await issues(batchOf(...Array(501).fill(good)))).toHaveLength(1);
    expect(codeOf(await sent(batchOf(...Array(500).fill(good))))).toBe("batch");
  });

  it("reports every issue of every item", async () => {
    expect(
      await issues(
        `{"metrics":[${JSON.stringify(good)},{"agent":"","name":${JSON.stringify("x".repeat(129))},"value":1e400},null,{"agent":"a","name":"n","value":"1","at":${now - 8 * 86_400_000}}]}`,
      ),
    ).toEqual([
      "1 agent must be a string of 1 to 64 characters",
      "1 name must be a string of 1 to 128 characters",
      "1 value must be a finite number",
      "2 must be an object",
      "3 value must be a finite number",
      "3 at must not be more than 7 days old",
    ]);
  });

  it("limits names by characters, not bytes", async () => {
    expect(codeOf(await sent(batchOf({ ...good, agent: "🙂".repeat(64) })))).toBe("batch");
    expect(await issues(batchOf({ ...good, agent: "\ud800" }))).toHaveLength(1);
  });

  it("requires a visible character in names, and rejects the agents . and ..", async () => {
    expect(
      await issues(
        batchOf(
          { ...good, agent: "\u200b" },
          { ...good, name: " " },
          { ...good, agent: "a\u0085" },
          { ...good, agent: "." },
          { ...good, agent: ".." },
        ),
      ),
    ).toEqual([
      "0 agent must have at least one visible character",
      "1 name must have at least one visible character",
      "2 agent must have no control character and no half of a surrogate pair",
      "3 agent must not be . or ..",
      "4 agent must not be . or ..",
    ]);
    const kept = { agent: " ... ", name: "..", value: 1 };
    expect(await sent(batchOf(kept))).toMatchObject({ batch: { metrics: [kept] } });
  });

  it("is rejected if a timestamp is more than 5 minutes ahead", async () => {
    expect(await issues(batchOf({ ...good, at: now + 6 * 60_000 }))).toEqual([
      "0 at must not be more than 5 minutes ahead",
    ]);
  });

  it("may have items that are too old if it has an Idempotency-Key and no other issue", async () => {
    const old = { ...good, at: now - 8 * 86_400_000 };
    const headers = { "Idempotency-Key": "k" };
    expect(await sent(batchOf(old), headers)).toMatchObject({ batch: { metrics: [old] } });
    expect(issuesIn(await sent(batchOf(old, null), headers))).toHaveLength(2);
  });

  it("may have kinds and statuses, without unknown fields", async () => {
    const status = { agent: "a", state: "waiting", message: "which branch?", at: now };
    const body = { metrics: [{ ...good, kind: "counter" }], statuses: [{ ...status, extra: 1 }] };
    expect(await sent(JSON.stringify(body))).toMatchObject({
      batch: { metrics: [{ ...good, kind: "counter" }], statuses: [status] },
    });
    expect(await sent(JSON.stringify({ statuses: [status] }))).toMatchObject({ batch: { metrics: [] } });
  });

  it("names the list of an issue", async () => {
    const result = await sent(
      JSON.stringify({
        metrics: [good, { ...good, kind: "histogram" }],
        statuses: [
          { agent: "a", state: "busy" },
          { agent: "a" },
          { agent: "a", state: "done", message: "x".repeat(201) },
        ],
      }),
    );
    expect(result).toMatchObject({
      code: "invalid",
      issues: [
        { list: "metrics", index: 1, message: "kind must be gauge or counter" },
        { list: "statuses", index: 0, message: "state must be one of working, waiting, done, failed" },
        { list: "statuses", index: 1, message: "state must be one of working, waiting, done, failed" },
        { list: "statuses", index: 2, message: "message must be a string of at most 200 characters" },
      ],
    });
    expect(await issues('{"metrics":{}}')).toEqual(["null metrics must be a list"]);
  });
});

describe("a compressed batch", () => {
  const gzip = { "Content-Encoding": "gzip" };

  it("is read, and its hash is that of the decompressed body", async () => {
    const plain = await sent(batchOf(good));
    expect(await sent(new Uint8Array(gzipSync(batchOf(good))), gzip)).toEqual(plain);
  });

  it("is rejected over 256 KiB after decompression", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(64 * MAX_BODY_BYTES)));
    expect(bomb.length).toBeLessThan(MAX_BODY_BYTES);
    expect(codeOf(await sent(bomb, gzip))).toBe("too_large");
  });

  it("is rejected if it is not gzip, or truncated", async () => {
    const whole = new Uint8Array(gzipSync(batchOf(good)));
    for (const body of [whole.slice(0, -5), new TextEncoder().encode(batchOf(good)), new Uint8Array()]) {
      expect(issuesIn(await sent(body, gzip))).toEqual(["null the body must be valid gzip"]);
    }
  });

  it.each(["br", "deflate", "gzip, gzip"])("is rejected with the encoding %s", async (encoding) => {
    expect(codeOf(await sent(batchOf(good), { "Content-Encoding": encoding }))).toBe(
      "unsupported_media_type",
    );
  });
});

describe("the report of one agent", () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    new Request("http://localhost/", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...headers },
    });

  it("is a status with the agent of the URL", async () => {
    const body = JSON.stringify({ state: "done", message: "ok", agent: "other" });
    expect(await readStatus("a / b")(post(body))).toMatchObject({
      batch: { metrics: [], statuses: [{ agent: "a / b", state: "done", message: "ok" }] },
    });
    const longest = "🙂".repeat(200);
    expect(await readStatus("a")(post(JSON.stringify({ state: "done", message: longest })))).toMatchObject({
      batch: { statuses: [{ message: longest }] },
    });
  });

  it("is rejected without a state, with a wrong time, or with an agent that has no name", async () => {
    expect(issuesIn(await readStatus("a")(post("{}")))).toEqual([
      "null state must be one of working, waiting, done, failed",
    ]);
    const late = JSON.stringify({ state: "done", at: now - 8 * 86_400_000 });
    expect(issuesIn(await readStatus("a")(post(late)))).toHaveLength(1);
    expect(issuesIn(await readStatus("\u200b")(post('{"state":"done"}')))).toHaveLength(1);
    expect(issuesIn(await readPing("..")(post("")))).toEqual(["null agent must not be . or .."]);
  });

  it("is a ping whatever the body is", async () => {
    const request = post("not JSON", { "Content-Type": "text/plain", "Idempotency-Key": "k" });
    expect(await readPing("a")(request)).toMatchObject({
      batch: { metrics: [], statuses: [{ agent: "a" }], idempotencyKey: "k" },
    });
  });
});
