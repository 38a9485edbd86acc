/** The least that a signed-in page can do: open the seal, write a string. What `/dashboard` is measured against. */
import { unsealData } from "iron-session";

type Bindings = { WORKOS_COOKIE_PASSWORD: string; PAGE: string };

export default {
  async fetch(request: Request, { WORKOS_COOKIE_PASSWORD, PAGE }: Bindings): Promise<Response> {
    const seal = /(?:^|; )wos-session=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
    if (seal === undefined) return new Response(null, { status: 401 });
    const session = await unsealData<{ user?: unknown }>(seal, { password: { 1: WORKOS_COOKIE_PASSWORD } });
    if (session.user === undefined) return new Response(null, { status: 401 });
    return new Response(PAGE, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};
