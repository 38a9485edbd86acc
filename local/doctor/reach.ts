/** HTTP requests of the doctor, with a time limit and readable errors. */

export type Answer = {
  status: number;
  headers: Headers;
  /** At most the first 256 KiB. */
  text: string;
  /** The body parsed as JSON; undefined if it is not JSON. */
  json: unknown;
};

export type Ask = (url: string, init?: RequestInit) => Promise<Answer>;

/** No response, or not in time. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

const MOST_BYTES = 256 * 1024;

/**
 * Returns a function that sends requests within a time limit. It throws only {@link UnreachableError}.
 *
 * @param signal - Aborts when the time is up.
 * @param ms - The time limit in milliseconds, for the message.
 */
export function askWithin(signal: AbortSignal, ms: number): Ask {
  return async (url, init) => {
    try {
      const response = await fetch(url, { ...init, redirect: "manual", signal });
      const text = await readStart(response);
      return { status: response.status, headers: response.headers, text, json: parse(text) };
    } catch (error) {
      throw new UnreachableError(
        `cannot be reached: ${new URL(url).host} ${signal.aborted ? `gave no answer within ${ms / 1000} s` : reasonFor(error)}`,
      );
    }
  };
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined && bytes < MOST_BYTES) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REASONS: [RegExp, string][] = [
  [/^ECONNREFUSED$/, "rejects the connection: no program listens on that port"],
  [/^(ENOTFOUND|EAI_\w+)$/, "is no host that DNS knows"],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/, "is out of reach of this network"],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS_CERT/,
    "has a TLS certificate that is not good for it or not trusted here",
  ],
  [/^ERR_SSL|^EPROTO$|^ERR_TLS/, "speaks no TLS at that port"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "closed the connection without an answer"],
  [/TIMEOUT|^ETIMEDOUT$/, "gave no answer in time"],
  [/^HPE_/, "speaks something else than HTTP"],
];

function reasonFor(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const given = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const code = typeof given === "string" && /^\w{1,64}$/.test(given) ? given : null;
  const words = code && REASONS.find(([pattern]) => pattern.test(code))?.[1];
  if (words) return `${words} (${code})`;
  return code ? `failed (${code})` : "cannot be asked";
}

/** Returns the message for a response that the service itself would not give. */
export function answersBut(url: string, what: string): string {
  return `answers, but ${what} (${new URL(url).host})`;
}

/** Returns a field of a JSON response, or undefined if the response is not an object. */
export function fieldOf(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}
