/** Reads a request's body, up to a limit. */
import type { IncomingMessage } from "node:http";
import { HttpError } from "./answer.ts";

/** What is over the limit is still read, and forgotten, so that the caller gets to hear of it; up to so many times it. */
const PATIENCE = 10;

/** @throws HttpError 413 as soon as the body is longer than `limit` bytes, 400 where it is cut short. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else {
        chunks = [];
        reject(new HttpError(413, "RequestTooLarge", `The request's body is longer than ${limit} bytes.`));
        if (length > limit * PATIENCE) request.destroy();
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    const cut = (): void =>
      reject(new HttpError(400, "BadRequest", "The request's body ended before its end."));
    request.on("error", cut);
    request.on("close", cut);
  });
}
