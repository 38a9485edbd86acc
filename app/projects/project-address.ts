/** URLs of the project page: parsing and building. */
import { href } from "react-router";
import { MINUTE_MS, startOf } from "../../convex/model/buckets.ts";
import { RANGE_NAMES, type Range } from "../../convex/model/ranges.ts";

export const RANGE_WORDS: Record<Range, string> = {
  "1h": "last hour",
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
  "90d": "last 90 days",
};

/** Returns the end of a chart: the start of the current minute, so that a query is asked once a minute. */
export function chartEnd(now: number): number {
  return startOf(now, MINUTE_MS);
}

/** Returns the range in the URL, or the last hour if it is missing or unknown. */
function rangeOf(search: URLSearchParams): Range {
  const named = search.get("range");
  return RANGE_NAMES.find((range) => range === named) ?? "1h";
}

/** Returns the arguments of the page's query. */
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

/** Returns the path of a project's page. */
export function projectPath(projectId: string): string {
  return href("/projects/:id", { id: projectId });
}

/** Returns the path of a project's page with the chart of this metric. */
export function metricPath(
  projectId: string,
  { agent, name, range }: { agent: string; name: string; range?: Range },
): string {
  const search = new URLSearchParams({ agent, name, ...(range && range !== "1h" && { range }) });
  return `${projectPath(projectId)}?${search}`;
}
