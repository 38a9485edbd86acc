/** WebSocket for the Convex client that records its last message, which the client's API does not expose. */

export type HeardSocket = {
  /** For the client's `webSocketConstructor`. */
  readonly constructor: typeof WebSocket;
  /** Returns when the newest socket received its last message or was created, Unix ms. */
  heardAt(): number;
  /** Returns whether the newest socket has received a message. */
  hasHeard(): boolean;
  /** Closes a silent socket, so that the client opens a new one. */
  abandon(): void;
};

/**
 * Creates a constructor whose sockets report their messages.
 *
 * @param onHeard - Called for each message of the newest socket.
 */
export function heardSocket(onHeard: () => void): HeardSocket {
  let newest: WebSocket | null = null;
  let at = Date.now();
  let heard = false;
  class ReportingSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      newest = this;
      at = Date.now();
      heard = false;
      this.addEventListener("message", () => {
        if (newest !== this) return;
        at = Date.now();
        heard = true;
        onHeard();
      });
    }
  }
  return {
    constructor: ReportingSocket,
    heardAt: () => at,
    hasHeard: () => heard,
    abandon() {
      if (newest === null || newest.readyState > WebSocket.OPEN) return;
      const socket = newest;
      const { onclose } = socket;
      newest = null;
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      // The browser fires `close` only after the closing handshake or a minute later.
      onclose?.call(socket, new CloseEvent("close", { code: 1001 }));
    },
  };
}
