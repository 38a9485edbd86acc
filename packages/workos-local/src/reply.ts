/** An answer as a value; the socket is written in one place (`dispatch.ts`). */
export type Reply = { status: number; headers: Record<string, string>; body: string };

export function json(status: number, body: unknown): Reply {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" },
    body: JSON.stringify(body),
  };
}

export function empty(status: number): Reply {
  return { status, headers: {}, body: "" };
}

export function redirect(location: URL): Reply {
  return { status: 302, headers: { Location: location.href, "Cache-Control": "no-store" }, body: "" };
}
