/** Convex functions of this checkout: names and fingerprint. */
import { bundle, findSourceFiles, fingerprintOf, loadModule } from "convex-local";

export type FunctionsHere = {
  /** `module:name` of each public function. */
  names: string[];
  fingerprint: string;
};

/** The sources cannot be bundled. */
export class NotBundledError extends Error {
  override readonly name = "NotBundledError";
}

/** The sources were not bundled in time. */
export class LateError extends Error {
  override readonly name = "LateError";
}

/**
 * Bundles and loads the Convex functions of this checkout.
 *
 * @param functionsDir - The absolute path of `convex/`.
 * @returns The names of the public functions, and the fingerprint.
 * @throws {NotBundledError} when the sources cannot be bundled.
 */
export async function functionsHere(functionsDir: string): Promise<FunctionsHere> {
  const { build, remove } = await bundle(functionsDir).catch((error: unknown) => {
    throw new NotBundledError("convex/ cannot be built", { cause: error });
  });
  try {
    const app = build.components.find(({ path }) => path === "");
    const found = await Promise.all(
      (app?.modules ?? []).map(async (module) => {
        const exported = await loadModule<Record<string, unknown>>(build.dir, module);
        return Object.entries(exported)
          .filter(([, value]) => isPublicFunction(value))
          .map(([key]) => `${module.name}:${key}`);
      }),
    );
    return { names: found.flat().sort(), fingerprint: await fingerprintHere(functionsDir) };
  } finally {
    await remove();
  }
}

/**
 * Returns the fingerprint of the function sources.
 *
 * @param functionsDir - The absolute path of `convex/`.
 */
export async function fingerprintHere(functionsDir: string): Promise<string> {
  return fingerprintOf(await findSourceFiles(functionsDir));
}

/**
 * Returns whether an export is a public function, which Convex's builders mark. HTTP actions have a path
 * instead of a name.
 */
function isPublicFunction(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const { isPublic, isHttp } = value as { isPublic?: unknown; isHttp?: unknown };
  return isPublic === true && isHttp !== true;
}
