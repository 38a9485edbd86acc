/** Checks the client version in the path of a socket. */

export type ClientVersion =
  | { supported: true; chunks: boolean }
  /** Shown in the console of the client. */
  | { supported: false; reason: string };

/**
 * Checks `VERSION` of `/api/VERSION/sync`. The server supports major version 1; clients support chunked transitions
 * since 1.28.
 *
 * @param version - The version in the path, or null for `/api/sync`, which clients in other languages use.
 */
export function clientVersion(version: string | null): ClientVersion {
  if (version === null) return { supported: true, chunks: false };
  const numbers = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+][0-9A-Za-z.+-]{1,64})?$/.exec(version);
  if (numbers === null) {
    return {
      supported: false,
      reason: "The path of the socket does not contain a valid version of the Convex client.",
    };
  }
  if (Number(numbers[1]) !== 1) {
    return {
      supported: false,
      reason: `Convex client ${numbers[1]}.${numbers[2]}.${numbers[3]} is not supported. Use version 1 of the convex package.`,
    };
  }
  return { supported: true, chunks: Number(numbers[2]) >= 28 };
}
