/** The request id, which connects a response to its log lines. */

const ACCEPTABLE = /^[\w-]{1,64}$/;

/** Returns the caller's `X-Request-Id` if it has 1 to 64 letters, digits, `-` or `_`; otherwise a new id. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("X-Request-Id");
  return given !== null && ACCEPTABLE.test(given) ? given : crypto.randomUUID();
}
