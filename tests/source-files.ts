/** Source files of the repository with their imports, for the tests of its structure. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Import, importsOf } from "../local/init/imports.ts";

export const root = fileURLToPath(new URL("../", import.meta.url));
const FOLDERS = ["app", "workers", "convex", "packages", "local", "tests"];

export type SourceFile = { path: string; lines: number; text: string; imports: Import[] };

/** All source files, without generated ones. */
export const files: SourceFile[] = globSync(`{${FOLDERS.join(",")}}/**/*.{ts,tsx,mts,mjs,js}`, { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !path.includes("node_modules/") && !path.startsWith("convex/_generated/"))
  .sort()
  .map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, lines: text.trimEnd().split("\n").length, imports: importsOf(path, text) };
  });

/** Returns whether a path is one of the places or inside one. */
export function inside(path: string, ...places: string[]): boolean {
  return places.some((place) => path === place || path.startsWith(place.endsWith("/") ? place : `${place}/`));
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}
