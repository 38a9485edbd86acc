/** Loads modules of a build. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModuleBuild } from "./bundle.ts";

/**
 * Loads a module.
 *
 * @param dir - The folder of the build.
 * @param module - The module.
 * @returns Its exports.
 */
export async function loadModule<Exports>(dir: string, { name, file, node }: ModuleBuild): Promise<Exports> {
  const loaded = await import(pathToFileURL(join(dir, file)).href);
  return node ? loaded : loaded.default[name]();
}
