/**
 * Reads the loader data before rendering. React Router streams it, which makes React suspend and write the
 * page in many small chunks; that is most of a page's cost. See docs/decisions/003-rendered-at-once.md.
 */
import type { EntryContext } from "react-router";

type ReadChunk = { result: { done: boolean; value: string } };

const isPromise = (value: unknown) =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** Returns whether a loader or action returned a promise. Such a page is streamed. */
function hasPending({ loaderData, actionData }: EntryContext["staticHandlerContext"]): boolean {
  return [...Object.values(loaderData), ...Object.values(actionData ?? {})].some(
    (data) =>
      isPromise(data) || (typeof data === "object" && data !== null && Object.values(data).some(isPromise)),
  );
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    text += decoder.decode(chunk.value, { stream: true });
  }
  // The renderer creates its own reader, although nothing is left to read.
  reader.releaseLock();
  return text;
}

/**
 * Reads the loader data of a page, so that rendering does not wait for it.
 *
 * @returns False if data is pending; nothing is read then.
 */
export async function readHandOff(context: EntryContext): Promise<boolean> {
  const stream = context.serverHandoffStream;
  if (stream === undefined || hasPending(context.staticHandlerContext)) return false;
  const chunk: ReadChunk = { result: { done: true, value: await readText(stream) } };
  context.renderMeta = Object.assign(context.renderMeta ?? {}, { streamCache: { 0: chunk } });
  return true;
}
