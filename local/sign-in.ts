/** Sign-in of a demo user at the WorkOS emulator without a browser, and sign-out. */

/** Redirects are followed manually, because the cookies of each response matter. */
const manual = { redirect: "manual" } as const;

/** Shown in the user's lists of sessions and activity. */
const headers = { "user-agent": "mosaic-demo" };

/**
 * Signs a demo user in.
 *
 * @param appUrl - The base URL of the app.
 * @param email - The user's e-mail.
 * @returns The `Cookie` header of the signed-in browser.
 * @throws {Error} when a step does not respond with the expected redirect.
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

// agents:start
/** Signs out the session of these cookies. */
export async function signOut(appUrl: string, cookie: string): Promise<void> {
  locationOf(await fetch(`${appUrl}/api/auth/logout`, { ...manual, headers: { ...headers, cookie } }));
}
// agents:end

function locationOf(response: Response): string {
  const location = response.headers.get("location");
  if (response.status !== 302 || location === null) {
    throw new Error(`${new URL(response.url).pathname} answered ${response.status} instead of a redirect`);
  }
  return new URL(location, response.url).href;
}

/** Returns the cookies that a browser would send back, without the cleared ones. */
function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.slice(0, cookie.indexOf(";")))
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}
