/** Signs a demo person in the way a script does (contract of the stand-in), and keeps the cookies. */

/** Redirects are followed by hand: each answer's cookies matter. */
const manual = { redirect: "manual" } as const;

/**
 * @param appUrl Where the app listens.
 * @returns The `Cookie` header of the signed-in browser.
 * @throws when a step does not answer with the redirect that it should.
 */
export async function signIn(appUrl: string, email: string): Promise<string> {
  const login = await fetch(`${appUrl}/api/auth/login`, manual);
  const authorize = locationOf(login);
  const picked = await fetch(authorize, { ...manual, method: "POST", body: new URLSearchParams({ email }) });
  const back = new URL(locationOf(picked));
  const callback = await fetch(`${appUrl}${back.pathname}${back.search}`, {
    ...manual,
    headers: { cookie: cookiesOf(login) },
  });
  locationOf(callback);
  return cookiesOf(callback);
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
