/**
 * Wrapper around the tools of a deploy in a copied checkout: reports each call to the test and follows its
 * answer, which may be to run the real tool. A dry run uses the real tools.
 */

export type Tool = "convex" | "wrangler" | "tsc" | "react-router";

/**
 * Returns the source of the wrapper script.
 *
 * @param tool - The name of the tool.
 * @param real - The path of the real tool, which runs directly for `--dry-run` and without `TOOL_CALLS`.
 */
export function toolSource(tool: Tool, real: string): string {
  return `
const { spawnSync } = process.getBuiltinModule("node:child_process");
const { readFileSync } = process.getBuiltinModule("node:fs");
const args = process.argv.slice(2);
const runReal = () => {
  const { status } = spawnSync(process.execPath, [${JSON.stringify(real)}, ...args], { stdio: "inherit" });
  process.exitCode = status ?? 1;
};
if (args.includes("--dry-run") || !process.env.TOOL_CALLS) runReal();
else {
  const file = args.find((_, index) => ["--from-file", "--secrets-file"].includes(args[index - 1]));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(CONVEX|CLOUDFLARE|WORKOS)_|ADMIN|APP_URL/.test(name)),
  );
  // Convex's CLI runs this command before it pushes.
  const before = args[args.indexOf("--cmd") + 1];
  if (args.includes("--cmd") && spawnSync(before, { shell: true, stdio: "inherit" }).status !== 0) process.exit(1);
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
  tool: Tool;
  args: string[];
  environment: Record<string, string>;
  /** The content of the file in the arguments; null without one. */
  file: string | null;
};
