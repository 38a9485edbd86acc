/** What `npm start` runs has a proxy of wrangler's in front: a request that is refused must not cost the next one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Copy, cleanUp, run } from "./copy.ts";

let copy: Copy;

beforeAll(async () => {
  copy = await run("start");
  await copy.ready();
}, 180_000);

afterAll(cleanUp);

const post = (path: string, body: string, headers: Record<string, string>) =>
  fetch(`http://127.0.0.1:${copy.ports.app}${path}`, { method: "POST", body, headers });

const JSON_TYPE = { "content-type": "application/json" };

test.each([
  ["/api/v1/metrics", 401, { ...JSON_TYPE, authorization: "Bearer mosaic_none" }],
  ["/profile", 403, { origin: "https://evil.example.com" }],
  ["/profile", 413, {}],
  ["/api/errors", 413, JSON_TYPE],
  ["/healthz", 405, {}],
] as const)(
  "a large body refused at %s with %i costs nobody their next request",
  async (path, status, headers) => {
    for (const kib of [30, 64, 300]) {
      const refused = await post(path, " ".repeat(kib * 1024), headers);
      await refused.arrayBuffer();
      if (kib === 300) expect(refused.status).toBe(status);
      const next = await post("/api/auth/token", "{}", JSON_TYPE);
      expect(await next.text(), `after ${kib} KiB`).toBe('{"error":"signed_out"}');
    }
  },
);
