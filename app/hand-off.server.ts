/**
 * React Router hands the loaders' data to the browser through a stream, which makes React suspend and write the page in
 * many small pieces; most of a page's cost is that. Where the data is all there, it is read to a string first, and the
 * page is rendered at once. See docs/decisions for the figures.
 *
 * This leans on how one version of React Router keeps what it has read of that stream; `hand-off.server.test.ts` fails
 * when the version changes.
 */
import type { EntryContext } from "react-router";

/** The version of React Router whose inside this file knows. */
export const KNOWN_VERSION = "8.4.0";

type ReadChunk = { result: { done: boolean; value: string } };

const isPromise = (value: unknown) =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** Whether a loader gave something that is still to come: such a page is streamed. */
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
  // The renderer wants a reader of its own, although it finds nothing left to read.
  reader.releaseLock();
  return text;
}

/**
 * Reads the data that the page hands to the browser, so that rendering does not wait for it.
 *
 * @returns false where something is still to come; then nothing was read.
 */
export async function readHandOff(context: EntryContext): Promise<boolean> {
  const stream = context.serverHandoffStream;
  if (stream === undefined || hasPending(context.staticHandlerContext)) return false;
  const chunk: ReadChunk = { result: { done: true, value: await readText(stream) } };
  context.renderMeta = Object.assign(context.renderMeta ?? {}, { streamCache: { 0: chunk } });
  return true;
}
