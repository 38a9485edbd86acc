/** Canonical form of the names of functions. */

/**
 * Converts `module`, `module.js:export` and `folder/module:export` to `folder/module:export`.
 *
 * Follows `canonicalizeUdfPath` of the `convex` package: a name without an export means the default export.
 */
export function canonicalPath(name: string): string {
  const colon = name.lastIndexOf(":");
  const module = colon === -1 ? name : name.slice(0, colon);
  const exported = colon === -1 ? "default" : name.slice(colon + 1);
  return `${module.replace(/\.[jt]sx?$/, "")}:${exported}`;
}
