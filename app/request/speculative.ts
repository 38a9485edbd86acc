/** Detects requests that must not have side effects. */

/** Returns whether a request is a prefetch, sent before the user navigates. */
export function isSpeculative(request: Request): boolean {
  return ["Sec-Purpose", "Purpose"].some(
    (name) => request.headers.get(name)?.startsWith("prefetch") ?? false,
  );
}

/** Returns whether a request must not have side effects. */
export function isReadOnly(request: Request): boolean {
  return request.method === "HEAD" || (request.method === "GET" && isSpeculative(request));
}
