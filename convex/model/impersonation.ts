/** Actions that an impersonator may not perform. */
import type { Caller } from "./identity.ts";
import { rejection } from "./rejection.ts";

/**
 * Rejects a call while the user is impersonated.
 *
 * @throws `forbidden` with the reason.
 */
export function refuseImpersonator({ impersonator }: Pick<Caller, "impersonator">): void {
  if (impersonator !== null)
    throw rejection("forbidden", "You are acting as another user. Only the user themselves may do this.");
}
