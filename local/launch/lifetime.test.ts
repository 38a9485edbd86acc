import { describe, expect, it } from "vitest";
import { createLifetime } from "./lifetime.ts";

function withExit() {
  let settle: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    settle = resolve;
  });
  return { lifetime: createLifetime(settle), exited };
}

describe("the end of the launcher", () => {
  it("ends what was started last first, and then itself", async () => {
    const { lifetime, exited } = withExit();
    const ended: string[] = [];
    for (const name of ["first", "second"]) lifetime.onEnd(name, async () => void ended.push(name));
    lifetime.end(0);
    expect(await exited).toBe(0);
    expect(ended).toEqual(["second", "first"]);
  });

  it("begins once: what comes later changes nothing", async () => {
    const { lifetime, exited } = withExit();
    let times = 0;
    lifetime.onEnd("part", () => void times++);
    lifetime.end(0);
    lifetime.end(1);
    expect(await exited).toBe(0);
    expect(times).toBe(1);
    expect(lifetime.signal.aborted).toBe(true);
  });

  it("goes on when a part refuses to end", async () => {
    const { lifetime, exited } = withExit();
    const ended: string[] = [];
    lifetime.onEnd("good", () => void ended.push("good"));
    lifetime.onEnd("bad", () => Promise.reject(new Error("stuck")));
    lifetime.end(1);
    expect(await exited).toBe(1);
    expect(ended).toEqual(["good"]);
  });

  it("is not held up by a part that never ends", async () => {
    const { lifetime, exited } = withExit();
    lifetime.onEnd("stuck", () => new Promise(() => undefined));
    const start = Date.now();
    lifetime.end(0);
    expect(await exited).toBe(0);
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  it("takes along what finished starting too late", () => {
    const { lifetime } = withExit();
    lifetime.end(0);
    let closed = false;
    lifetime.onEnd("late", () => {
      closed = true;
    });
    expect(closed).toBe(true);
  });
});
