/** The id that ties an answer to its log lines. */

const ACCEPTABLE = /^[\w-]{1,64}$/;

/** @returns The caller's own id where it is harmless (1 to 64 letters, digits, `-`, `_`), else a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("X-Request-Id");
  return given !== null && ACCEPTABLE.test(given) ? given : crypto.randomUUID();
}
