/** Errors of functions: what callers, calling functions and the log get, in Convex's words. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JSONValue } from "convex/values";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "../../src/backend.ts";
import { eventually } from "./eventually.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("errors");
});
afterAll(() => opened.close());

const query = (path: string) => opened.backend.query(call(path));
const action = (path: string, args: JSONValue = {}) => opened.backend.action(call(path, args));

/** Returns the error of a call without the id of its request. */
function textOf(result: { outcome: Outcome }): string {
  const message = errorOf(result);
  expect(message).toMatch(/^\[Request ID: [0-9a-f]{16}\] Server Error\n/);
  return message.slice(message.indexOf("\n") + 1);
}

/** Returns the place of some text in a source, as a frame has it. */
function at(file: string, text: string): string {
  const source = readFileSync(join(opened.functionsDir, file), "utf8");
  const before = source.slice(0, source.indexOf(text)).split("\n");
  return `../convex/${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

describe("the message of an uncaught error", () => {
  test("has name, message and the frames in the sources", async () => {
    expect(textOf(await query("failures:plain"))).toBe(
      `Uncaught TypeError: plain\n    at thrower (${at("failures.ts", 'new TypeError("plain")')})\n` +
        `    at handler (${at("failures.ts", "thrower() })")})\n`,
    );
  });

  test("has the name of a subclass of ConvexError and its data", async () => {
    const result = await query("failures:query");
    expect(textOf(result)).toMatch(/^Uncaught CustomError: \{"code":"1n"\}\n {4}at <anonymous> \(/);
    expect(result.outcome).toMatchObject({ errorData: { code: { $integer: "AQAAAAAAAAA=" } } });
  });

  test("of a nested call is part of the message", async () => {
    expect(textOf(await query("failures:plainOfComponent"))).toBe(
      `Uncaught Error: Uncaught Error: kaboom\n    at <anonymous> (${at("inner/failures.ts", 'new Error("kaboom")')})\n\n` +
        `    at async <anonymous> (${at("failures.ts", "await ctx.runQuery(components.inner.failures.plainError")})\n`,
    );
    const uncaught = await action("failures:uncaught");
    expect(textOf(uncaught)).toMatch(/^Uncaught ConvexError: Uncaught CustomError: \{"code":"1n"\}\n/);
    expect(uncaught.outcome).toMatchObject({ errorData: { code: { $integer: "AQAAAAAAAAA=" } } });
  });

  test("of a thrown text is the text", async () => {
    expect(textOf(await query("failures:thrownText"))).toBe("Uncaught text\n");
  });
});

describe("a ConvexError is caught with its data", () => {
  const cases: [string, JSONValue][] = [
    ["query", { code: { $integer: "AQAAAAAAAAA=" } }],
    ["mutation", "mutation"],
    ["action", ["action"]],
    ["node", { from: "node" }],
    ["component", { from: "component" }],
  ];

  test.each(cases)("by an action that calls: %s", async (callee, data) => {
    expect(resultOf(await action("failures:caught", { callee }))).toEqual(data);
  });

  test("by an action in Node", async () => {
    const [first, second, third, fourth] = cases;
    expect(resultOf(await action("onNode:caught"))).toEqual([
      first?.[1],
      second?.[1],
      third?.[1],
      fourth?.[1],
    ]);
  });

  test("by a scheduled action", async () => {
    resultOf(await opened.backend.mutation(call("failures:schedule")));
    await eventually(async () => (await opened.rows("failures:stored")).map(({ name }) => name)).toEqual([
      "mutation",
    ]);
  });
});

describe("what a mutation does not await", () => {
  const names = async () => (await opened.rows("failures:stored")).map(({ name }) => name);

  test("is committed with it", async () => {
    resultOf(await opened.backend.mutation(call("failures:leavesWrites")));
    expect(await names()).toEqual(expect.arrayContaining(["left 0", "left 1", "left 2", "left inside"]));
  });

  test("fails it", async () => {
    expect(textOf(await opened.backend.mutation(call("failures:leavesFailure")))).toContain("nothing");
    expect(await names()).not.toContain("not committed");
  });
});

describe("an error that no code handles", () => {
  test("fails the call whose code threw it", async () => {
    expect(textOf(await action("failures:rejects"))).toMatch(/^Uncaught Error: not awaited\n {4}at /);
    expect(textOf(await query("failures:rejectsInQuery"))).toMatch(/^Uncaught Error: not awaited\n {4}at /);
  });

  test("fails an action in Node like its process, and the next one runs", async () => {
    expect(textOf(await action("onNode:throwsInCallback"))).toMatch(
      /^Uncaught uncaughtException: in a callback\n/,
    );
    expect(textOf(await action("onNode:exits"))).toMatch(
      /^Uncaught process\.exit: process\.exit\(\) called with exit code 3\n/,
    );
    expect(resultOf(await action("failures:caught", { callee: "node" }))).toEqual({ from: "node" });
  });
});

test("an action that waits for what cannot happen fails long before its time limit", async () => {
  const waiting = [action("failures:never"), action("onNode:never")];
  const lasting = action("failures:lasts");
  const [inIsolate, onNode] = await Promise.all(waiting);
  expect(inIsolate && textOf(inIsolate)).toBe("Function execution timed out (maximum duration: 600s)\n");
  expect(onNode && textOf(onNode)).toBe("Action `never` execution timed out (maximum duration 600s)\n");
  expect(resultOf(await lasting)).toBe("done");
});

test("stacks in Node have the names of Convex's bundle", async () => {
  const stack = String(resultOf(await action("onNode:stack")));
  expect(stack).toMatch(/^Error: with a message\n {4}at outer \(convex:\/user\/onNode\.js:\d+:\d+\)\n/);
  expect(stack).not.toContain(opened.functionsDir);
});

describe("an HTTP action that throws", () => {
  const get = async (path: string, backend = opened.backend): Promise<{ status: number; body: unknown }> => {
    const { status, body } = await backend.http({
      method: "GET",
      url: `http://site${path}`,
      headers: [],
      body: null,
    });
    return { status, body: JSON.parse(Buffer.from(body).toString()) };
  };

  test("responds with the error and its frames", async () => {
    expect(await get("/plain")).toEqual({
      status: 500,
      body: {
        code: expect.stringMatching(/^\[Request ID: [0-9a-f]{16}\] Server Error: Uncaught Error: plain$/),
        trace: `Uncaught Error: plain\n    at <anonymous> (${at("http.ts", 'new Error("plain")')})\n`,
      },
    });
    expect((await get("/custom")).body).toMatchObject({
      code: expect.stringContaining("Uncaught ConvexError: "),
      data: { code: 1 },
    });
  });

  test("responds without message and frames if errors are redacted", async () => {
    const redacting = await openBackend("errors", { redactErrors: true });
    try {
      expect((await get("/custom", redacting.backend)).body).toEqual({
        code: expect.stringMatching(/^\[Request ID: [0-9a-f]{16}\] Server Error$/),
        data: { code: 1 },
      });
    } finally {
      await redacting.close();
    }
  });
});

test("a header that does not identify a user is an error of getUserIdentity()", async () => {
  const headers: [string, string][] = [["authorization", "secret"]];
  const { body } = await opened.backend.http(
    { method: "GET", url: "http://site/who", headers, body: null },
    { identity: null, rejection: "no token" },
  );
  expect(JSON.parse(Buffer.from(body).toString())).toEqual(["no token", "secret"]);
});

describe("internal functions of a component", () => {
  const rejection = "Child component 'inner' does not export failures:hidden";

  test("cannot be called by the app", async () => {
    expect(textOf(await query("failures:hiddenOfComponent"))).toContain(rejection);
    expect(textOf(await action("failures:hiddenFromAction"))).toContain(rejection);
    expect(textOf(await query("failures:hiddenHandle"))).toContain(rejection);
    expect(textOf(await opened.backend.mutation(call("failures:scheduleHidden")))).toContain(
      `${rejection}Write`,
    );
  });

  test("can be called by the component", async () => {
    expect(resultOf(await query("failures:hiddenByItself"))).toBe("hidden");
  });
});

test("a failure of the deployment cannot be caught by functions", async () => {
  for (const path of ["failures:overloaded", "failures:overloadedInside"]) {
    await expect(opened.backend.mutation(call(path))).rejects.toMatchObject({
      code: "retry",
      reason: "Busy",
    });
  }
});

test("the size of a page must be a whole number above zero", async () => {
  const errorFor = async (options: JSONValue) =>
    textOf(await opened.backend.query(call("failures:page", { options }))).split("\n", 1)[0];
  expect(await errorFor({ cursor: null, numItems: 1.5 })).toBe(
    "Uncaught Error: Invalid arguments for `queryPage`: invalid type: floating point `1.5`, expected usize",
  );
  expect(await errorFor({ cursor: null, numItems: 0 })).toBe(
    "Uncaught Error: Must request at least 1 document while paginating",
  );
});

describe("log lines", () => {
  const linesOf = ({ outcome }: { outcome: Outcome }): string[] => outcome.logLines;

  test("contain the timers of the console", async () => {
    const lines = linesOf(await action("output:timers"));
    expect(lines[0]).toBe("[WARN] Timer 'unknown' does not exist");
    expect(lines[1]).toMatch(/^\[INFO\] default: \d+ms$/);
    expect(lines[2]).toBe("[WARN] Timer 'again' already exists");
    expect(linesOf(await action("onNode:timers"))[0]).toMatch(/^\[INFO\] 'lap: \d+ms' 'more'$/);
  });

  test("contain the frames of a trace", async () => {
    const [line] = linesOf(await query("output:trace"));
    expect(line).toMatch(/^\[LOG\] 'here' \n {4}at \S+ \(\.\.\/convex\/output\.ts:\d+:\d+\)\n$/);
  });

  test("end with a note after 256 lines", async () => {
    const lines = linesOf(await query("output:manyLines"));
    expect([lines.length, lines.at(-1)]).toEqual([
      257,
      "[ERROR] Log overflow (maximum 256). Remaining log lines omitted.",
    ]);
  });
});
