/** What a project page's address says, and addresses that say it. */

export const RANGES = ["1h", "24h", "7d"] as const;
export type Range = (typeof RANGES)[number];

/** How far each range goes back and how wide its buckets are, in ms; Convex has the same. */
export const SPANS: Record<Range, { span: number; bucket: number; words: string }> = {
  "1h": { span: 3_600_000, bucket: 60_000, words: "last hour" },
  "24h": { span: 86_400_000, bucket: 600_000, words: "last 24 hours" },
  "7d": { span: 604_800_000, bucket: 3_600_000, words: "last 7 days" },
};

/** @returns The range that the address names, else the hour. */
export function rangeOf(search: URLSearchParams): Range {
  const named = search.get("range");
  return RANGES.find((range) => range === named) ?? "1h";
}

/** @returns The arguments of the page's query. */
export function projectArgs({ params, url }: { params: Record<string, string | undefined>; url: URL }) {
  const { searchParams } = url;
  const [agent, name, cursor] = ["agent", "name", "cursor"].map((key) => searchParams.get(key) || undefined);
  return {
    projectId: params.id ?? "",
    range: rangeOf(searchParams),
    ...(agent !== undefined && name !== undefined && { agent, name }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** @returns The path of a project's page. */
export function projectPath(projectId: string): string {
  return `/projects/${encodeURIComponent(projectId)}`;
}

/** @returns The path of a project's page with this metric's chart. */
export function metricPath(
  projectId: string,
  { agent, name, range }: { agent: string; name: string; range?: Range },
): string {
  const search = new URLSearchParams({ agent, name, ...(range && range !== "1h" && { range }) });
  return `${projectPath(projectId)}?${search}`;
}
