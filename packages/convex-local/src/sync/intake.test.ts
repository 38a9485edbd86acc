import { expect, test } from "vitest";
import { Sequence } from "./intake.ts";

test("runs steps one after another, and at once if none is pending", async () => {
  const sequence = new Sequence();
  const done: string[] = [];
  sequence.add(() => void done.push("now"));
  expect(done).toEqual(["now"]);
  const gate = Promise.withResolvers<void>();
  sequence.add(async () => {
    await gate.promise;
    done.push("slow");
  });
  sequence.add(() => void done.push("after"));
  await new Promise((resolve) => {
    sequence.add(() => resolve(undefined));
    expect(done).toEqual(["now"]);
    gate.resolve();
  });
  expect(done).toEqual(["now", "slow", "after"]);
});
