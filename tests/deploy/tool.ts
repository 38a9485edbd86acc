/** What stands in a test's checkout in place of the commands of Convex and Cloudflare: it tells the test how it was called. */

/**
 * @param tool its name.
 * @param real where the true one is; a rehearsal (`--dry-run`) is handed on to it.
 */
export function toolSource(tool: "convex" | "wrangler", real: string): string {
  return `
const args = process.argv.slice(2);
if (args.includes("--dry-run")) {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { status } = spawnSync(process.execPath, [${JSON.stringify(real)}, ...args], { stdio: "inherit" });
  process.exit(status ?? 1);
} else {
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const file = args.find((_, index) => ["--from-file", "--secrets-file"].includes(args[index - 1]));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(CONVEX|CLOUDFLARE|WORKOS)_|ADMIN|APP_URL/.test(name)),
  );
  const call = { tool: ${JSON.stringify(tool)}, args, environment, file: file ? readFileSync(file, "utf8") : null };
  fetch(process.env.TOOL_CALLS, { method: "POST", body: JSON.stringify(call) })
    .then((response) => response.json())
    .then(({ code, output }) => {
      process.stdout.write(output + "\\n");
      process.exitCode = code;
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
