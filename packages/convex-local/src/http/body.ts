/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from "node:http";
import { HttpError } from "./answer.ts";

/** A body over the limit is drained, so that the caller can read the response, up to this multiple of the limit. */
const DRAIN_FACTOR = 10;

/**
 * Reads a body.
 *
 * @throws {HttpError} 413 as soon as the body is longer than `limit` bytes, 400 when it is incomplete.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else {
        chunks = [];
        reject(
          new HttpError(413, "RequestTooLarge", `The body of the request is longer than ${limit} bytes.`),
        );
        if (length > limit * DRAIN_FACTOR) request.destroy();
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    const cut = (): void =>
      reject(new HttpError(400, "BadRequest", "The body of the request is incomplete."));
    request.on("error", cut);
    request.on("close", cut);
  });
}
