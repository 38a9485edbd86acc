import { describe, expect, it } from "vitest";
import { MAX_BATCH_BYTES, readBatch } from "./batch.server.ts";

const now = Date.now();
const good = { agent: "a", name: "n", value: 1 };

const sent = (body: BodyInit, headers: Record<string, string> = {}) =>
  readBatch(
    new Request("http://localhost/api/v1/metrics", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...headers },
    }),
    now,
  );

const batchOf = (...metrics: unknown[]) => JSON.stringify({ metrics });

/** Returns the issues of a batch, each as `index message`. */
async function issues(body: string): Promise<string[]> {
  const result = await sent(body);
  if (result.kind !== "invalid") throw new Error(`expected it to be refused, got ${result.kind}`);
  return result.issues.map(({ index, message }) => `${index} ${message}`);
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
    expect((await sent(batchOf(good), { "Content-Type": "Application/JSON; charset=utf-8" })).kind).toBe(
      "batch",
    );
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])(
    "is rejected with the content type %s",
    async (type) => {
      expect((await sent(batchOf(good), { "Content-Type": type })).kind).toBe("unsupported");
    },
  );

  it("is rejected over 256 KiB, even without a Content-Length", async () => {
    const long = new Uint8Array(MAX_BATCH_BYTES + 1).fill(32);
    expect((await sent(long)).kind).toBe("too_large");
    const stream = new Blob([long]).stream();
    const request = new Request("http://localhost/", {
      method: "POST",
      body: stream,
      headers: { "Content-Type": "application/json" },
      duplex: "half",
    } as RequestInit);
    expect((await readBatch(request, now)).kind).toBe("too_large");
  });

  it.each(["", "{", "null", "[]", '"x"', "7"])("is rejected as a whole if the body is %j", async (body) => {
    expect((await issues(body))[0]).toMatch(/^null /);
  });

  it("is rejected if it is not valid UTF-8", async () => {
    expect((await sent(new Uint8Array([0x22, 0xff, 0x22]))).kind).toBe("invalid");
  });

  it("has 1 to 500 items", async () => {
    expect(await issues(batchOf())).toEqual(["null metrics must be a list of 1 to 500 items"]);
    expect(await issues(batchOf(...Array(501).fill(good)))).toHaveLength(1);
    expect((await sent(batchOf(...Array(500).fill(good)))).kind).toBe("batch");
  });

  it("reports every issue of every item", async () => {
    expect(
      await issues(
        `{"metrics":[${JSON.stringify(good)},{"agent":"","name":${JSON.stringify("x".repeat(65))},"value":1e400},null,{"agent":"a","name":"n","value":"1","at":${now - 8 * 86_400_000}}]}`,
      ),
    ).toEqual([
      "1 agent must be a string of 1 to 64 characters",
      "1 name must be a string of 1 to 64 characters",
      "1 value must be a finite number",
      "2 must be an object",
      "3 value must be a finite number",
      "3 at must not be more than 7 days old",
    ]);
  });

  it("limits names by characters, not bytes", async () => {
    expect((await sent(batchOf({ ...good, agent: "🙂".repeat(64) }))).kind).toBe("batch");
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
});
