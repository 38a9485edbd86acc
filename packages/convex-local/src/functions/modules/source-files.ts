/** Finds the modules in a folder of functions, by the rules of Convex's bundler. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

const CODE = /\.(?:ts|tsx|js|jsx|mts|mjs|cts|cjs)$/;

const CONFIG = /\/convex\.config\.[jt]s$/;

export type SourceFiles = {
  /** Module name (`folder/module`, without extension) and file. */
  modules: { name: string; file: string }[];
  schema: string | null;
  authConfig: string | null;
  config: string | null;
};

/**
 * Finds the source files of a folder.
 *
 * @param dir - Absolute path of the folder.
 */
export async function findSourceFiles(dir: string): Promise<SourceFiles> {
  const found: SourceFiles = { modules: [], schema: null, authConfig: null, config: null };
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dir.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
  // A folder with its own configuration is a component. Its files are not modules of this one.
  const components = files
    .filter((path) => path.includes("/") && CONFIG.test(path))
    .map((path) => path.replace(CONFIG, "/"));
  for (const path of files) {
    if (components.some((folder) => path.startsWith(folder))) continue;
    const parts = path.split("/");
    const base = parts.at(-1) ?? "";
    if (!CODE.test(base) || parts.includes("_generated") || parts.includes("node_modules")) continue;
    if (/^[.#]/.test(base) || /\.d\.[cm]?ts$/.test(base) || path.includes(" ")) continue;
    const name = path.replace(CODE, "");
    const file = join(dir, path);
    if (name === "schema") found.schema = file;
    else if (name === "auth.config") found.authConfig = file;
    else if (name === "convex.config") found.config = file;
    else if (!base.replace(CODE, "").includes(".")) found.modules.push({ name, file });
  }
  return found;
}
