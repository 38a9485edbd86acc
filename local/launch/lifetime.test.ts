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
  it("stops the parts in reverse order, then exits", async () => {
    const { lifetime, exited } = withExit();
    const ended: string[] = [];
    for (const name of ["first", "second"]) lifetime.onEnd(name, async () => void ended.push(name));
    lifetime.end(0);
    expect(await exited).toBe(0);
    expect(ended).toEqual(["second", "first"]);
  });

  it("happens once: later calls have no effect", async () => {
    const { lifetime, exited } = withExit();
    let times = 0;
    lifetime.onEnd("part", () => void times++);
    lifetime.end(0);
    lifetime.end(1);
    expect(await exited).toBe(0);
    expect(times).toBe(1);
    expect(lifetime.signal.aborted).toBe(true);
  });

  it("continues if a part fails to stop", async () => {
    const { lifetime, exited } = withExit();
    const ended: string[] = [];
    lifetime.onEnd("good", () => void ended.push("good"));
    lifetime.onEnd("bad", () => Promise.reject(new Error("stuck")));
    lifetime.end(1);
    expect(await exited).toBe(1);
    expect(ended).toEqual(["good"]);
  });

  it("does not wait forever for a part that never stops", async () => {
    const { lifetime, exited } = withExit();
    lifetime.onEnd("stuck", () => new Promise(() => undefined));
    const start = Date.now();
    lifetime.end(0);
    expect(await exited).toBe(0);
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  it("stops a part that is registered after the shutdown began", () => {
    const { lifetime } = withExit();
    lifetime.end(0);
    let closed = false;
    lifetime.onEnd("late", () => {
      closed = true;
    });
    expect(closed).toBe(true);
  });
});
