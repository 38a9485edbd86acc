/** JSON 404 for unknown paths under `/api/`. */

const notFound = () => Response.json({ error: "not_found" }, { status: 404 });

export const loader = notFound;
export const action = notFound;
