/** Checks that third-party tools accept the commands and options that the documents show. */
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { experimental_getWranglerCommands } from "wrangler";

const run = promisify(execFile);

/** Tools that documents start with `npx`, and the script of each. */
const TOOLS: Record<string, string> = {
  convex: "convex/bin/main.js",
  wrangler: "wrangler/bin/wrangler.js",
  vitest: "vitest/vitest.mjs",
};

/** Options that a tool accepts, but does not list in its help. */
const UNLISTED: Record<string, string[]> = { convex: ["--env-file"] };

type Command = { tool: string; words: string[]; options: string[] };

/**
 * Finds `npx tool word word --option value` in a document, up to a pipe, the end of the line or of the code.
 */
function commandsIn(text: string): Command[] {
  return [...text.matchAll(/\bnpx ([a-z][\w@./-]*)([^\n`|]*)/g)].map(([, tool, rest]) => {
    const parts = String(rest).trim().split(/\s+/);
    const end = parts.findIndex((part) => !/^[a-z]+$/.test(part));
    const words = end < 0 ? parts.filter(Boolean) : parts.slice(0, end);
    return { tool: String(tool), words, options: parts.filter((part) => part.startsWith("--")) };
  });
}

const documents = globSync(["*.md", "docs/*.md", "local/**/*.md"]);
const commands = documents
  .flatMap((file) => commandsIn(readFileSync(file, "utf8")))
  .filter(({ tool }) => tool !== "X");

it("documented npx commands start only installed tools", () => {
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.map(({ tool }) => tool).filter((tool) => !(tool in TOOLS) && tool !== "biome")).toEqual([]);
});

const byName = new Map<string, Command>();
for (const command of commands.filter(({ tool }) => tool in TOOLS)) {
  const name = [command.tool, ...command.words].join(" ");
  const options = [...(byName.get(name)?.options ?? []), ...command.options];
  byName.set(name, { ...command, options });
}

const documented = (tool: (name: string) => boolean) => [...byName].filter(([, one]) => tool(one.tool));

it.each(documented((tool) => tool !== "wrangler"))(
  "npx %s exists and accepts the documented options",
  async (_name, command) => {
    const bin = join("node_modules", TOOLS[command.tool] ?? "");
    const { stdout, stderr } = await run(process.execPath, [bin, ...command.words, "--help"], {
      env: { ...process.env, CI: "1" },
    });
    const accepted = [stdout, stderr, ...(UNLISTED[command.tool] ?? [])].join("\n");
    expect(command.options.filter((option) => !accepted.includes(option))).toEqual([]);
  },
);

// Wrangler's own list of its commands: each `wrangler … --help` would take two seconds of CPU.
it.each(documented((tool) => tool === "wrangler"))(
  "npx %s exists and accepts the documented options",
  (_name, { words, options }) => {
    const { registry, globalFlags } = experimental_getWranglerCommands();
    let node = registry;
    let depth = 0;
    for (let next = node.subtree.get(words[0] ?? ""); next; next = node.subtree.get(words[depth] ?? "")) {
      node = next;
      depth += 1;
    }
    const { definition } = node;
    if (definition?.type !== "command") throw new Error(`wrangler has no command ${words.join(" ")}`);
    const accepted = Object.keys({ ...globalFlags, ...definition.args }).map((name) => `--${name}`);
    expect(options.filter((option) => !accepted.includes(option))).toEqual([]);
    expect(words.slice(depth).length).toBeLessThanOrEqual(definition.positionalArgs?.length ?? 0);
  },
);
