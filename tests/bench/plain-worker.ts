/**
 * Baseline worker for `/dashboard`, with the minimum of a signed-in page: unseals the session, verifies the
 * token and writes a string. With `ASKED` set, it also fetches that URL and reads the JSON.
 */
import { unsealData } from "iron-session";
import { createLocalJWKSet, jwtVerify } from "jose";

type Bindings = { WORKOS_COOKIE_PASSWORD: string; PAGE: string; KEYS: string; ASKED?: string };

let keys: ReturnType<typeof createLocalJWKSet> | null = null;

export default {
  async fetch(request: Request, { WORKOS_COOKIE_PASSWORD, PAGE, KEYS, ASKED }: Bindings): Promise<Response> {
    const seal = /(?:^|; )wos-session=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
    if (seal === undefined) return new Response(null, { status: 401 });
    const session = await unsealData<{ accessToken?: string }>(seal, {
      password: { 1: WORKOS_COOKIE_PASSWORD },
    });
    if (session.accessToken === undefined) return new Response(null, { status: 401 });
    keys ??= createLocalJWKSet(JSON.parse(KEYS));
    await jwtVerify(session.accessToken, keys, { algorithms: ["RS256"] });
    if (ASKED !== undefined) await (await fetch(ASKED)).json();
    return new Response(PAGE, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};
