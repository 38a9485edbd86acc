/** URLs of the pages of a project and its agents: parsing and building. */
import { MINUTE_MS, startOf } from "../../convex/model/intervals.ts";
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

/**
 * Returns the path of a project's page. Without React Router's `href`, which takes four times as long for the paths of
 * a thousand tiles.
 */
export function projectPath(projectId: string): string {
  return `/projects/${encodeURIComponent(projectId)}`;
}

/** Returns the metric and range that an agent's page draws, from its query string. */
export function chosenIn(search: string): { name: string | undefined; range: Range } {
  const params = new URLSearchParams(search);
  return { name: params.get("name") || undefined, range: rangeOf(params) };
}

/** Returns the arguments of the agent page's query. */
export function agentArgs({ params, url }: { params: Record<string, string | undefined>; url: URL }) {
  const { name, range } = chosenIn(url.search);
  const cursor = url.searchParams.get("cursor") || undefined;
  return {
    projectId: params.id ?? "",
    agent: agentOf(url.pathname),
    range,
    ...(name !== undefined && { name }),
    ...(cursor !== undefined && { cursor }),
  };
}

/**
 * Returns the name of the agent in the path of its page or of a report. React Router's own parameter has a slash for
 * `%2F` and for `%252F`, and both are names.
 *
 * @param pathname - A path with valid percent-encoding, in any case, as React Router takes it.
 */
export function agentOf(pathname: string): string {
  return decodeURIComponent(/\/agents\/([^/]+)/i.exec(pathname)?.[1] ?? "");
}

/**
 * Returns the path of an agent's page.
 *
 * @param chart - The metric and range of its chart; the newest metric and the last hour by default.
 */
export function agentPath(
  projectId: string,
  agent: string,
  { name, range }: { name?: string | undefined; range?: Range } = {},
): string {
  let path = `${projectPath(projectId)}/agents/${encodeURIComponent(agent)}`;
  // React Router takes `/x.data` and `/_.data` for its requests of data.
  if (path.endsWith(".data")) path = path.replace(/\.data$/, "%2Edata");
  else if (path.endsWith("/_")) path = path.replace(/_$/, "%5F");
  // A page has hundreds of these paths, and `URLSearchParams` takes longer than the rest of them.
  const query = [
    ...(name ? [`name=${encodeURIComponent(name)}`] : []),
    ...(range !== undefined && range !== "1h" ? [`range=${range}`] : []),
  ];
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

/**
 * Returns the query string of a page with changed parameters, on the first page of the events.
 *
 * @param search - The current query string, whose other parameters are kept.
 * @param changed - The new values. An empty one or null removes the parameter.
 */
export function withParameters(search: string, changed: Readonly<Record<string, string | null>>): string {
  const params = new URLSearchParams(search);
  params.delete("cursor");
  for (const [name, value] of Object.entries(changed)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  return params.size === 0 ? "" : `?${params}`;
}

/** Returns the query string of a project's page with the chart of this metric. */
export function withChart(
  search: string,
  { agent, name, range }: { agent: string; name: string; range: Range },
): string {
  return withParameters(search, { agent, name, range: range === "1h" ? null : range });
}
