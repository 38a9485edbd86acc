/** Message to show when Convex rejects a call. */
import { rejectionIn } from "../../convex/model/rejection.ts";

/** Returns the message of a `ConvexError({ code, message })`, or a generic one for any other error. */
export function rejectionMessage(error: unknown): string {
  return rejectionIn(error)?.message ?? "That did not work. Please try again.";
}
