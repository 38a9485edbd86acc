/** Applies a fault to a request. `store/faults.ts` decides which requests it applies to. */
import type { ServerResponse } from "node:http";
import { json, type Reply } from "./reply.ts";
import type { Fault } from "./store/faults.ts";

/** Truncated JSON with a JSON content type. */
const GARBAGE = '{"user":{"object":"user","id":';

/**
 * Responds according to a fault.
 *
 * @param fault - The fault.
 * @param response - The response.
 * @param handle - Handles the request and returns its normal reply. Called only if the fault allows it.
 * @param write - Writes a reply.
 */
export async function answerWithFault(
  fault: Fault,
  response: ServerResponse,
  handle: () => Reply,
  write: (reply: Reply) => void,
): Promise<void> {
  if ("slowMs" in fault) {
    // With `handled`, the request is handled at once, and only the response is late.
    const early = fault.handled ? handle() : null;
    await delay(fault.slowMs, response);
    if (!response.destroyed) write(early ?? handle());
    return;
  }
  if ("cut" in fault) {
    sendHalf(response, fault.handled === false ? json(200, {}) : handle());
    return;
  }
  if (fault.handled) handle();
  if ("hang" in fault) return;
  if ("garbage" in fault) {
    write({ ...json(200, null), body: GARBAGE });
    return;
  }
  write(statusReply(fault));
}

function statusReply(fault: Extract<Fault, { status: number }>): Reply {
  const { body } = fault;
  const reply: Reply =
    typeof body === "string"
      ? { status: fault.status, headers: { "Content-Type": "text/html; charset=utf-8" }, body }
      : json(fault.status, body ?? { message: "Injected fault." });
  return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

/** Sends the headers and half of the body, then closes the connection. */
function sendHalf(response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body || "{}");
  response.writeHead(reply.status, { ...reply.headers, "Content-Length": body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

/** Waits until the time has passed or the caller has closed the connection. */
function delay(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
