/** Imports of a source file, found by their form. */
import { dirname, posix } from "node:path";

/**
 * `own` marks a file of this repository, with `target` as a path from the root; otherwise `target` is a
 * package.
 */
export type Import = { target: string; own: boolean; typeOnly: boolean };

/** Returns the code without the comments that begin a line. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

/** Returns every module that a file imports: own files as paths from the root, packages by name. */
export function importsOf(path: string, text: string): Import[] {
  const code = withoutComments(text);
  const statements = code.matchAll(
    /^\s*(?:import|export)\s+(?:([\w*{][^;'"]*?)\s+from\s+)?["']([^"'\n]+)["']/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g);
  return [
    ...[...statements].map(([, names, from]) => ({
      ...resolve(path, from ?? ""),
      typeOnly: names !== undefined && /^type\s/.test(names),
    })),
    ...[...calls].map(([, from]) => ({ ...resolve(path, from ?? ""), typeOnly: false })),
  ];
}

function resolve(path: string, from: string): { target: string; own: boolean } {
  const own = from.startsWith(".");
  return { target: own ? posix.normalize(posix.join(dirname(path), from)) : from, own };
}

/** Returns the code without imported names that it does not use. An import without names stays. */
export function withoutUnusedImports(text: string): string {
  const statement = /^import\s+(type\s+)?(?:(\w+)(?:,\s*)?)?\s*(?:\{([^}]*)\})?\s*from\s*("[^"]+");\n/gm;
  const code = withoutComments(text.replaceAll(statement, ""));
  const isUsed = (name: string) => new RegExp(`(?<![\\w$.])${name}(?![\\w$])|\\.\\.\\.${name}\\b`).test(code);
  return text.replaceAll(statement, (whole, type = "", initial: string | undefined, list = "", from) => {
    const names = (list as string).split(",").map((name) => name.trim());
    const named = names.filter((name) => name !== "");
    const kept = named.filter((name) => isUsed(name.replace(/^type\s+/, "").replace(/^.*\sas\s+/, "")));
    const keepsInitial = initial !== undefined && isUsed(initial);
    if (kept.length === named.length && keepsInitial === (initial !== undefined)) return whole;
    const parts = [
      ...(keepsInitial ? [initial] : []),
      ...(kept.length > 0 ? [`{ ${kept.join(", ")} }`] : []),
    ];
    return parts.length === 0 ? "" : `import ${type}${parts.join(", ")} from ${from};\n`;
  });
}
