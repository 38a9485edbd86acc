import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog, describeError } from "./log.server.ts";

describe("a log line", () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  it("is one JSON object with level, event and request id", () => {
    createLog("id-1").warn("auth.refresh", { outcome: "unavailable", ms: 3, nothing: undefined });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: "warn", event: "auth.refresh", requestId: "id-1", outcome: "unavailable", ms: 3 },
    ]);
  });

  it("stays one line even if a field contains line breaks or control characters", () => {
    createLog("id-1").error("error", { message: 'a\n\u0085\u009b{"level":"info"}\u2028\u2029b' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(lines[0] ?? "").message).toBe('a\n\u0085\u009b{"level":"info"}\u2028\u2029b');
  });

  it("is written with console.log at every level", () => {
    const log = createLog("id-1");
    log.info("a");
    log.warn("b");
    log.error("c");
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(["info", "warn", "error"]);
  });
});

describe("the description of an error", () => {
  it("has name, message and stack, without secrets", () => {
    const described = describeError(new TypeError("for ada@example.com"));
    expect(described).toMatchObject({ error: "TypeError", message: "for [e-mail]" });
    expect(String(described.stack)).not.toContain("ada@");
    expect(describeError("plain")).toEqual({ error: "plain" });
  });
});
