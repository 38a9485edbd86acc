/** What the address of the list of people says. */

export type PeopleAddress = { search: string; cursor: string | null };

/** @returns Whom it looks for ("" for everyone), and the older page that it names. */
export function peopleAddress({ searchParams }: URL): PeopleAddress {
  return { search: searchParams.get("search")?.trim() ?? "", cursor: searchParams.get("cursor") || null };
}

/** @returns The arguments of the page's query. */
export function peopleArgs({ url }: { url: URL }) {
  const { search, cursor } = peopleAddress(url);
  return { ...(search !== "" && { search }), ...(cursor !== null && { cursor }) };
}
