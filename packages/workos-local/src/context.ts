/** What every route gets: the state, who this stand-in is, and where events go. */

import type { RequestCounts } from "./request-counts.ts";
import type { EventType } from "./store/events.ts";
import type { Store } from "./store/store.ts";

export type WorkosContext = {
  store: Store;
  clientId: string;
  apiKey: string;
  /** The address this stand-in calls its own, without a slash at the end. */
  url: string;
  /** Lifetime of an access token in seconds, unless the settings say otherwise. */
  accessTokenSeconds: number;
  /** Notes that something happened; the webhook goes out after the running transaction. */
  emit(event: EventType, data: Record<string, unknown>): void;
  requestCounts: RequestCounts;
};
