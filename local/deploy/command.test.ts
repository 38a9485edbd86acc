import { expect, test } from "vitest";
import { CommandFailed, toolsFor } from "./command.ts";

const tools = () => {
  const shown: string[] = [];
  const { run } = toolsFor(["a-secret-of-ours"], (line) => shown.push(line), new AbortController().signal);
  return { run, shown };
};

test("what a tool prints is shown without a secret, and given whole", async () => {
  const { run, shown } = tools();
  expect(await run(["-e", 'console.log("it is a-secret-of-ours")'])).toBe("it is a-secret-of-ours\n");
  expect(shown).toEqual(["it is ***"]);
});

test("a tool that does not end is ended, and the message says which", async () => {
  const hanging = tools().run(["-e", "setInterval(() => undefined, 1000)"], {}, 300);
  await expect(hanging).rejects.toThrow(/^-e setInterval.* did not end within 0\.3 s, and was ended$/);
});

test("a tool that fails says with what", async () => {
  const failing = tools().run(["-e", "process.exit(3)"]);
  await expect(failing).rejects.toThrow(CommandFailed);
  await expect(failing).rejects.toThrow("-e ended with exit code 3");
});
