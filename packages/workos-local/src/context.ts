/** Context of every route: stored state, configuration of the emulator, and events. */

import type { RequestCounts } from "./request-counts.ts";
import type { EventType } from "./store/events.ts";
import type { Store } from "./store/store.ts";

export type WorkOSContext = {
  store: Store;
  clientId: string;
  apiKey: string;
  /** The address of the emulator, without a trailing slash. */
  url: string;
  /** Default lifetime of an access token in seconds. */
  accessTokenSeconds: number;
  /** How long a used refresh token gets the same response, in seconds; 0 for never. */
  refreshReplaySeconds: number;
  /** The app's sign-in address, to which links of invitations lead; null for the emulator's own page. */
  signInUrl: string | null;
  /** Stores an event. Its webhook is sent after the running transaction. */
  emit(event: EventType, data: Record<string, unknown>): void;
  requestCounts: RequestCounts;
};
