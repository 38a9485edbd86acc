/** What is not there under `/api/`. */

const notFound = () =>
  Response.json({ error: "not_found" }, { status: 404, headers: { "Cache-Control": "no-store" } });

export const loader = notFound;
export const action = notFound;
