/** Source files of the repository with their imports, for the tests of its structure. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../", import.meta.url));
const FOLDERS = ["app", "workers", "convex", "packages", "local", "tests"];

/**
 * `own` marks a file of this repository, with `target` as a path from the root; otherwise `target` is a
 * package.
 */
export type Import = { target: string; own: boolean; typeOnly: boolean };
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

/** Returns every module that a file imports: own files as paths from the root, packages by name. */
function importsOf(path: string, text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const statements = code.matchAll(
    /^\s*(?:import|export)\s+(?:([\w*{][^;'"]*?)\s+from\s+)?["']([^"'\n]+)["']/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g);
  return [
    ...[...statements].map(([, names, from]) => ({
      ...resolve(path, from ?? ""),
      typeOnly: isTypeOnly(names),
    })),
    ...[...calls].map(([, from]) => ({ ...resolve(path, from ?? ""), typeOnly: false })),
  ];
}

function isTypeOnly(names: string | undefined): boolean {
  return names !== undefined && /^type\s/.test(names);
}

function resolve(path: string, from: string): { target: string; own: boolean } {
  const own = from.startsWith(".");
  return { target: own ? posix.normalize(posix.join(dirname(path), from)) : from, own };
}

/** Returns whether a path is one of the places or inside one. */
export function inside(path: string, ...places: string[]): boolean {
  return places.some((place) => path === place || path.startsWith(place.endsWith("/") ? place : `${place}/`));
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}
