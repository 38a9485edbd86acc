/** How a function is named from outside, brought to the one form that the engine knows. */

/**
 * Brings `module`, `module.js:export` and `folder/module:export` to `folder/module:export`.
 *
 * The rule is the client's own (`canonicalizeUdfPath` of the `convex` package): a name without an export means the
 * default export, and an ending `.js` is dropped. What names nothing stays a name that nothing has.
 */
export function canonicalFunctionPath(path: string): string {
  const colon = path.lastIndexOf(":");
  const module = colon === -1 ? path : path.slice(0, colon);
  const name = colon === -1 ? "default" : path.slice(colon + 1);
  return `${module.endsWith(".js") ? module.slice(0, -3) : module}:${name}`;
}
