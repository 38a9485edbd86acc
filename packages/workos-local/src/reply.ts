/** A response as a value. `dispatch.ts` writes it to the socket. */
export type Reply = { status: number; headers: Record<string, string>; body: string };

/** Returns a JSON response. */
export function json(status: number, body: unknown): Reply {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" },
    body: JSON.stringify(body),
  };
}

/** Returns a response without a body. */
export function empty(status: number): Reply {
  return { status, headers: {}, body: "" };
}

/** Returns a redirect. */
export function redirect(location: URL): Reply {
  return { status: 302, headers: { Location: location.href, "Cache-Control": "no-store" }, body: "" };
}
