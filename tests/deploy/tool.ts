/**
 * What stands in a test's checkout before the commands of Convex and Cloudflare: it tells the test how it was called, and
 * does as the test says, which may be to run the real one.
 */

/**
 * @param tool its name.
 * @param real where the real one is; a rehearsal (`--dry-run`) is handed on to it at once.
 */
export function toolSource(tool: "convex" | "wrangler", real: string): string {
  return `
const { spawnSync } = process.getBuiltinModule("node:child_process");
const { readFileSync } = process.getBuiltinModule("node:fs");
const args = process.argv.slice(2);
const runReal = () => {
  const { status } = spawnSync(process.execPath, [${JSON.stringify(real)}, ...args], { stdio: "inherit" });
  process.exitCode = status ?? 1;
};
if (args.includes("--dry-run")) runReal();
else {
  const file = args.find((_, index) => ["--from-file", "--secrets-file"].includes(args[index - 1]));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(CONVEX|CLOUDFLARE|WORKOS)_|ADMIN|APP_URL/.test(name)),
  );
  const call = { tool: ${JSON.stringify(tool)}, args, environment, file: file ? readFileSync(file, "utf8") : null };
  fetch(process.env.TOOL_CALLS, { method: "POST", body: JSON.stringify(call) })
    .then((response) => response.json())
    .then((answer) => {
      if (answer === "real") return runReal();
      process.stdout.write(answer.output + "\\n");
      process.exitCode = answer.code;
    });
}
`;
}

export type ToolCall = {
  tool: "convex" | "wrangler";
  args: string[];
  environment: Record<string, string>;
  /** What was in the file that it was given. */
  file: string | null;
};
