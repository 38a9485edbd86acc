/** Signs a demo person in at the stand-in without a browser, and out again. */

/** Redirects are followed by hand: each answer's cookies matter. */
const manual = { redirect: "manual" } as const;

/** Shown in the person's list of sessions and activity. */
const headers = { "user-agent": "Mosaic demo" };

/**
 * @param appUrl Where the app listens.
 * @returns The `Cookie` header of the signed-in browser.
 * @throws when a step does not answer with the redirect that it should.
 */
export async function signIn(appUrl: string, email: string): Promise<string> {
  const login = await fetch(`${appUrl}/api/auth/login`, { ...manual, headers });
  const authorize = locationOf(login);
  const picked = await fetch(authorize, { ...manual, method: "POST", body: new URLSearchParams({ email }) });
  const back = new URL(locationOf(picked));
  const callback = await fetch(`${appUrl}${back.pathname}${back.search}`, {
    ...manual,
    headers: { ...headers, cookie: cookiesOf(login) },
  });
  locationOf(callback);
  return cookiesOf(callback);
}

/** Ends the session of these cookies. */
export async function signOut(appUrl: string, cookie: string): Promise<void> {
  locationOf(await fetch(`${appUrl}/api/auth/logout`, { ...manual, headers: { ...headers, cookie } }));
}

function locationOf(response: Response): string {
  const location = response.headers.get("location");
  if (response.status !== 302 || location === null) {
    throw new Error(`${new URL(response.url).pathname} answered ${response.status} instead of a redirect`);
  }
  return new URL(location, response.url).href;
}

/** What a browser would send back: cookies that were cleared are left out. */
function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.slice(0, cookie.indexOf(";")))
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}
