/**
 * Variants of the app, such as it is served by React Router's template: pages are streamed, the build is loaded by a
 * function, data is encoded value by value, and unsealed sessions are not cached. It is built from a modified
 * copy of the sources.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuild } from "../../local/launch/build.ts";
import { BUILT_FROM } from "../deploy/checkout.ts";

/** A change of a source file: the file, Mosaic's code and the other code. */
export type Change = readonly [file: string, ours: string, theirs: string];

/** The differences from the template. */
const CHANGES: readonly Change[] = [
  ["app/entry.server.tsx", "if (await readHandOff(routerContext))", "if (false as boolean)"],
  ["react-router.config.ts", 'routeDiscovery: { mode: "initial" },', ""],
  [
    "workers/app.ts",
    "import { RouterContextProvider }",
    "import { createRequestHandler, RouterContextProvider }",
  ],
  [
    "workers/app.ts",
    "const routerOf = createRouters(build, import.meta.env.MODE);",
    `const router = createRequestHandler(() => import("virtual:react-router/server-build"), import.meta.env.MODE);
     const routerOf = (_: string | null) => router;`,
  ],
  ["app/react-router/packed.ts", "return JSON.stringify(value);", "return value as never;"],
  ["app/react-router/packed.ts", "JSON.parse(packed)", "packed"],
  ["app/auth/seal.server.ts", "    keep(password, sealed, session);\n", ""],
];

/** Builds the app as React Router's template serves it. */
export const buildTemplate = (folder: string) => buildVariant(folder, "template", CHANGES);

/**
 * Builds a variant of the app.
 *
 * @param folder - The folder to build in.
 * @returns The path of its `build` folder.
 * @throws {Error} when the app no longer contains the code to replace.
 */
export async function buildVariant(
  folder: string,
  name: string,
  changes: readonly Change[],
): Promise<string> {
  const root = join(folder, name);
  mkdirSync(root);
  for (const part of BUILT_FROM) cpSync(part, join(root, part), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(root, "node_modules"));
  for (const [file, ours, theirs] of changes) {
    const path = join(root, file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(ours)) throw new Error(`${file} no longer has ${ours.trim()}`);
    writeFileSync(path, text.replaceAll(ours, theirs));
  }
  await ensureBuild({ root, signal: AbortSignal.timeout(300_000), log: () => undefined });
  return join(root, "build");
}
