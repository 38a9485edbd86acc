/** Reads a request's body, up to a limit. */
import type { IncomingMessage } from "node:http";
import { HttpError } from "./answer.ts";

/** @throws HttpError 413 as soon as it is clear that the body is longer than `limit` bytes; 400 if it is cut short. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, "BadRequest", "The request's body ended before its end.");
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): HttpError {
  // Nobody will read the rest, so the connection is of no further use.
  return new HttpError(413, "RequestTooLarge", `The request's body is longer than ${limit} bytes.`, {
    Connection: "close",
  });
}
