/** Canonical form of function names that clients send. */

/**
 * Converts `module`, `module.js:export` and `folder/module:export` to `folder/module:export`.
 *
 * Follows `canonicalizeUdfPath` of the `convex` package: a name without an export means the default export, and a
 * trailing `.js` is removed.
 */
export function canonicalFunctionPath(path: string): string {
  const colon = path.lastIndexOf(":");
  const module = colon === -1 ? path : path.slice(0, colon);
  const name = colon === -1 ? "default" : path.slice(colon + 1);
  return `${module.endsWith(".js") ? module.slice(0, -3) : module}:${name}`;
}
