/** Edits response headers that may be immutable, such as those of a redirect or a fetched response. */

/**
 * Edits the headers of a response, or of a copy if they are immutable.
 *
 * @param edit - Sets and appends headers. Called again with the copy's headers if the first call throws.
 * @returns The response or its copy.
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
