/** Removes secrets, URL queries and emails from text that is logged or sent to Sentry. */

/**
 * Replacements, applied in order.
 *
 * A query is the text after `?` or `#` in a word with a slash (`/callback?code=1`), text like `?name=` or
 * `?name&` in any other word (`callback?code=1`), an encoded form of both, or fields joined by `&`. Text such
 * as `What? no` and `a?.b` is kept.
 */
const REMOVED: readonly [pattern: RegExp, instead: string][] = [
  [/eyJ[\w-]{8,}(\.[\w-]*){0,4}/g, "[token]"],
  [/Fe26\.2(\*|%(25)*2a)[^\s;"]*/gi, "[sealed]"],
  [/(wos-(session|flow)[\w.-]*=)[^\s;"]+/g, "$1[sealed]"],
  // Not in `task_id`, but directly after an encoded character, which ends in a letter or a digit.
  [/((?<![a-z\d_])|(?<=%[\da-f]{2}))(sk_|mosaic_)[\w-]+/gi, "[key]"],
  [/((?<![a-z\d_])|(?<=%[\da-f]{2}))whsec_[\w+/=-]+/gi, "[key]"],
  [/\b(Bearer\s+)[\w.~+/=-]{16,}/gi, "$1[token]"],
  [
    /((access|refresh|id)_?token|client_?secret|code_?verifier)(["']?\s*[:=]\s*["']?)[^\s"'&,;}]+/gi,
    "$1$3[token]",
  ],
  // User name and password of a URL.
  [/(:\/\/)[^\s/?#@"<>]+@/g, "$1"],
  // Module URLs of the development server have a query before line and column.
  [/(\.[cm]?[jt]sx?)\?[^\s"<>]*?(:\d+:\d+)(?=[)\s]|$)/g, "$1$2"],
  [/[?#](?<=\/[^\s"<>?#]*[?#])(?<!\([?#])[^\s"<>]+/g, ""],
  [/[?#][\w.%~[\]$-]+[=&][^\s"<>]*/g, ""],
  [/%(25)*(3f|23)[^\s"<>]*/gi, ""],
  [/(?<![\w.%[\]=-])[\w.%[\]-]+=[^\s&"<>]*(&[\w.%[\]-]+=[^\s&"<>]*)+/g, "[query]"],
  [
    /(?<![\p{L}\p{N}\p{M}.!#$%*+^_~=&'-])('*)[\p{L}\p{N}\p{M}.!#$%*+^_~=&-][\p{L}\p{N}\p{M}.!#$%*+^_~=&'-]*?(@|%(25)*40|\\u0040)([\p{L}\p{N}\p{M}%-]{1,200}[.。．｡]){1,10}[\p{L}%][\p{L}\p{N}\p{M}%-]{1,200}/giu,
    "$1[e-mail]",
  ],
];

const MAX_TEXT = 2000;
/** Maximum input length in characters, which limits the cost of untrusted input. */
const MAX_READ = 16_000;

/**
 * Removes secrets, emails and URL queries from a text.
 *
 * @returns The scrubbed text, cut to 2,000 characters.
 */
export function scrub(text: string): string {
  const read = text.slice(0, MAX_READ);
  const clean = REMOVED.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), read);
  return clean.slice(0, MAX_TEXT);
}
