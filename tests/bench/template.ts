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

export const STREAMED: readonly Change[] = [
  ["app/entry.server.tsx", "if (await readHandOff(routerContext))", "if (false as boolean)"],
];

export const UNPACKED: readonly Change[] = [
  ["app/react-router/packed.ts", "return JSON.stringify(value);", "return value as never;"],
  ["app/react-router/packed.ts", "JSON.parse(packed)", "packed"],
];

const BANNER = "app/ui/banner.tsx";
export const BANNER_LINKS: readonly Change[] = [
  [BANNER, "import { href, Link, useLocation }", "import { href, Link, NavLink, useLocation }"],
  [BANNER, '<a href={to} aria-current={isCurrent(to) ? "page" : undefined} ', "<NavLink to={to} "],
  [BANNER, "{label}\n            </a>", "{label}\n            </NavLink>"],
];

const ROW = "app/projects/project-row.tsx";
export const ROW_LINKS: readonly Change[] = [
  [ROW, "import { AgentTile }", 'import { Link } from "react-router";\nimport { AgentTile }'],
  [ROW, "<a href={page}>{name}</a>", '<Link to={page} prefetch="intent">{name}</Link>'],
];

/** The differences from the template, but for the plain anchors. */
const SERVED: readonly Change[] = [
  ...STREAMED,
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
  ...UNPACKED,
  ["app/auth/seal.server.ts", "    keep(password, sealed, session);\n", ""],
];

/** Builds the app as React Router's template serves it. */
export const buildTemplate = (folder: string) => buildVariant(folder, "template", SERVED);

/** Builds it with the template's `<Link>` and `<NavLink>` too. */
export const buildTemplateWithLinks = (folder: string) =>
  buildVariant(folder, "template-links", [...SERVED, ...BANNER_LINKS, ...ROW_LINKS]);

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
