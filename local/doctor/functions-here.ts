/** This checkout's Convex functions: their names and their fingerprint. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, findSourceFiles, fingerprintOf } from "convex-local";

export type FunctionsHere = {
  /** `module:name` of every public function. */
  names: string[];
  fingerprint: string;
};

/** There is something wrong with the sources. */
export class NotBundled extends Error {
  override readonly name = "NotBundled";
}

/**
 * @param functionsDir absolute
 * @throws NotBundled
 */
export async function functionsHere(functionsDir: string): Promise<FunctionsHere> {
  const { build, remove } = await bundle(functionsDir).catch((error: unknown) => {
    throw new NotBundled("convex/ cannot be built", { cause: error });
  });
  try {
    const app = build.components.find(({ path }) => path === "");
    const found = await Promise.all(
      (app?.modules ?? []).map(async ({ name, file }) => {
        const exported: Record<string, unknown> = await import(pathToFileURL(join(build.dir, file)).href);
        return Object.entries(exported)
          .filter(([, value]) => isPublicFunction(value))
          .map(([key]) => `${name}:${key}`);
      }),
    );
    return { names: found.flat().sort(), fingerprint: await fingerprintHere(functionsDir) };
  } finally {
    await remove();
  }
}

/** @param functionsDir absolute */
export async function fingerprintHere(functionsDir: string): Promise<string> {
  return fingerprintOf(await findSourceFiles(functionsDir));
}

/** Convex marks what its builders make; an HTTP action is reached by its path, not by a name. */
function isPublicFunction(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const { isPublic, isHttp } = value as { isPublic?: unknown; isHttp?: unknown };
  return isPublic === true && isHttp !== true;
}
