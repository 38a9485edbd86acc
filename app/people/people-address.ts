/** Parses the URL of the user list. */

export type PeopleAddress = { search: string; cursor: string | null };

/** Returns the search text ("" for all users) and the pagination cursor in the URL. */
export function peopleAddress({ searchParams }: URL): PeopleAddress {
  return { search: searchParams.get("search")?.trim() ?? "", cursor: searchParams.get("cursor") || null };
}

/** Returns the arguments of the page's query. */
export function peopleArgs({ url }: { url: URL }) {
  const { search, cursor } = peopleAddress(url);
  return { ...(search !== "" && { search }), ...(cursor !== null && { cursor }) };
}
