/** Which clients this server can talk to, by the version in the path of the socket. */

export type ClientVersion =
  | { supported: true; chunks: boolean }
  /** A sentence for the person who reads the client's console. */
  | { supported: false; reason: string };

/**
 * Judges `VERSION` of `/api/VERSION/sync`.
 *
 * The protocol is that of the client's first major version; split transitions are understood since 1.28.
 *
 * @param version what stands in the path, or null for `/api/sync`, which clients in other languages use.
 */
export function clientVersion(version: string | null): ClientVersion {
  if (version === null) return { supported: true, chunks: false };
  const numbers = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+][0-9A-Za-z.+-]{1,64})?$/.exec(version);
  if (numbers === null) {
    return {
      supported: false,
      reason: "The version of the Convex client in the socket's path is not a version.",
    };
  }
  if (Number(numbers[1]) !== 1) {
    return {
      supported: false,
      reason: `Convex client ${numbers[1]}.${numbers[2]}.${numbers[3]} is not supported here: use version 1 of the convex package.`,
    };
  }
  return { supported: true, chunks: Number(numbers[2]) >= 28 };
}
