/** Changing the headers of a response that somebody else made. */

/**
 * @param edit Sets and appends; called again on a copy where the response's own headers may not be changed, as those of
 *   a redirect or of something fetched.
 * @returns The response itself, or its copy.
 */
export function editHeaders(response: Response, edit: (headers: Headers) => void): Response {
  try {
    edit(response.headers);
    return response;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  edit(headers);
  return new Response(body, { status, statusText, headers });
}
