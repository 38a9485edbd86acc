/** What a fault does to a request; which request it meets is in `store/faults.ts`. */
import type { ServerResponse } from "node:http";
import { json, type Reply } from "./reply.ts";
import type { Fault } from "./store/faults.ts";

/** Ends before the JSON does, under a header that promises JSON. */
const GARBAGE = '{"user":{"object":"user","id":';

/**
 * Answers as the fault says.
 * @param carryOut does what was asked for and gives the true answer; called only where the fault lets it happen
 * @param write the ordinary way of answering
 */
export async function answerWithFault(
  fault: Fault,
  response: ServerResponse,
  carryOut: () => Reply,
  write: (reply: Reply) => void,
): Promise<void> {
  if ("slowMs" in fault) {
    // `handled`: done at once and told late, as when only the answer is slow.
    const early = fault.handled ? carryOut() : null;
    await delay(fault.slowMs, response);
    if (!response.destroyed) write(early ?? carryOut());
    return;
  }
  if ("cut" in fault) {
    cutInTheMiddle(response, fault.handled === false ? json(200, {}) : carryOut());
    return;
  }
  if (fault.handled) carryOut();
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
      : json(fault.status, body ?? { message: "A fault that was asked for." });
  return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

/** Promises the whole body, sends half of it, and is gone. */
function cutInTheMiddle(response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body || "{}");
  response.writeHead(reply.status, { ...reply.headers, "Content-Length": body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

/** Waits, but no longer than the caller does. */
function delay(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
