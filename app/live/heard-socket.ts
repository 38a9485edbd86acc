/** The Convex client's WebSocket, with the time of its last message: the client's own API does not say it. */

export type HeardSocket = {
  /** For the client's `webSocketConstructor`. */
  readonly constructor: typeof WebSocket;
  /** When the newest socket carried its last message, or was created, Unix ms. */
  heardAt(): number;
  /** Whether the newest socket has carried a message. */
  hasHeard(): boolean;
  /** Ends a socket that carries nothing, so that the client opens another. */
  abandon(): void;
};

/**
 * Creates a constructor whose sockets report their messages.
 *
 * @param onHeard - Called at each message of the newest socket.
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
      // The browser reports the end only when the other side has answered the closing handshake, or a minute later.
      onclose?.call(socket, new CloseEvent("close", { code: 1001 }));
    },
  };
}
