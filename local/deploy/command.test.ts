import { expect, test } from "vitest";
import { CommandError, toolsFor } from "./command.ts";

const tools = () => {
  const shown: string[] = [];
  const { run } = toolsFor(["a-secret-of-ours"], (line) => shown.push(line), new AbortController().signal);
  return { run, shown };
};

test("hides secrets in the output that it shows, and returns the complete output", async () => {
  const { run, shown } = tools();
  expect(await run(["-e", 'console.log("it is a-secret-of-ours")'])).toBe("it is a-secret-of-ours\n");
  expect(shown).toEqual(["it is ***"]);
});

test("ends a tool that exceeds its time limit, and names it in the error", async () => {
  const hanging = tools().run(["-e", "setInterval(() => undefined, 1000)"], {}, 300);
  await expect(hanging).rejects.toThrow(/^-e setInterval.* did not end within 0\.3 s, and was ended$/);
});

test("reports the exit code of a tool that fails", async () => {
  const failing = tools().run(["-e", "process.exit(3)"]);
  await expect(failing).rejects.toThrow(CommandError);
  await expect(failing).rejects.toThrow("-e ended with exit code 3");
});
