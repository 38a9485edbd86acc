/** Matches paths to routes and their allowed methods, derived from React Router's build. */

/** The part of a route in React Router's server build that is used here. */
type BuiltRoute = {
  id: string;
  parentId?: string;
  path?: string;
  index?: boolean;
  module: { loader?: unknown; action?: unknown; default?: unknown };
};
export type BuiltRoutes = Readonly<Record<string, BuiltRoute | undefined>>;

export type RouteEntry = {
  /** The route's id in React Router's build; null if no route matches. */
  id: string | null;
  /** As in `app/routes.ts`, such as `/projects/:id`; `*` if no route matches. */
  pattern: string;
  methods: readonly string[];
};

const SPLAT: RouteEntry = {
  id: null,
  pattern: "*",
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
};

/** Suffix of the paths that React Router uses to request a page's data. */
const DATA_SUFFIX = /(\/_)?\.data$/;

/** Returns the path of a page, from its own path or its data path. */
export function pagePath(pathname: string): string {
  return pathname.replace(DATA_SUFFIX, "") || "/";
}

/** Returns the page's unchanged path and query, without what React Router adds to data requests. */
export function pageAddress({ pathname, search }: URL): string {
  if (!isDataPath(pathname)) return pathname + search;
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !/^_routes(=|$)/.test(pair));
  return pagePath(pathname) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

/** Returns whether a path requests a page's data instead of the page. */
export function isDataPath(pathname: string): boolean {
  return pathname.endsWith(".data");
}

/** Returns decoded segments in ASCII lower case, as React Router matches them; null if malformed. */
function segmentsOf(path: string): string[] | null {
  const trimmed = path.replace(/^\/|\/+$/g, "");
  if (trimmed === "") return [];
  try {
    return trimmed.split("/").map((segment) =>
      decodeURIComponent(segment)
        .replaceAll("/", "%2f")
        .replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    );
  } catch {
    return null;
  }
}

/** Returns whether a parent has an action. React Router sends a POST without `?index` to the nearest one. */
function hasActionAbove(route: BuiltRoute, routes: BuiltRoutes): boolean {
  const parent = routes[route.parentId ?? ""];
  return parent !== undefined && (parent.module.action !== undefined || hasActionAbove(parent, routes));
}

/** Returns a function that finds the route of a path. */
export function createRouteTable(routes: BuiltRoutes): (pathname: string) => RouteEntry {
  const entries: { segments: string[]; entry: RouteEntry }[] = [];
  for (const route of Object.values(routes)) {
    if (route === undefined || route.id === "root" || (!route.index && !route.path)) continue;
    const { loader, action, default: page } = route.module;
    // A component with an action and no loader only renders the result of a form, so it has no GET.
    const reads = loader !== undefined || (page !== undefined && action === undefined);
    const writes = action !== undefined || (route.index === true && hasActionAbove(route, routes));
    const pattern = `/${route.path ?? ""}`;
    if (pattern.endsWith("*")) continue;
    entries.push({
      segments: segmentsOf(pattern) ?? [],
      entry: {
        id: route.id,
        pattern,
        methods: [...(reads ? ["GET", "HEAD"] : []), ...(writes ? ["POST"] : [])],
      },
    });
  }
  const fixed = new Map(
    entries
      .filter(({ segments }) => !segments.some((s) => s.startsWith(":")))
      .map(({ segments, entry }) => [segments.join("/"), entry]),
  );
  const dynamic = entries.filter(({ segments }) => segments.some((s) => s.startsWith(":")));

  return (pathname) => {
    const segments = segmentsOf(pagePath(pathname));
    if (segments === null) return SPLAT;
    const exact = fixed.get(segments.join("/"));
    if (exact !== undefined) return exact;
    const fits = dynamic.find(
      (candidate) =>
        candidate.segments.length === segments.length &&
        candidate.segments.every((part, index) => part.startsWith(":") || part === segments[index]),
    );
    return fits?.entry ?? SPLAT;
  };
}
