/** Which route a path is, and what may be done with it: read off React Router's own build, so that nothing drifts. */

/** As much of React Router's server build as this needs. */
type BuiltRoute = {
  id: string;
  parentId?: string;
  path?: string;
  index?: boolean;
  module: { loader?: unknown; action?: unknown; default?: unknown };
};
export type BuiltRoutes = Readonly<Record<string, BuiltRoute | undefined>>;

export type RouteEntry = {
  /** Of the route in React Router's build; null where none fits. */
  id: string | null;
  /** As written in `app/routes.ts`, such as `/projects/:id`; `*` where none fits. */
  pattern: string;
  methods: readonly string[];
};

const SPLAT: RouteEntry = {
  id: null,
  pattern: "*",
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
};

/** React Router asks for a page's data under these names. */
const DATA_SUFFIX = /(\/_)?\.data$/;

/** @returns The path of the page, where the path is that of its data. */
export function pagePath(pathname: string): string {
  return pathname.replace(DATA_SUFFIX, "") || "/";
}

/** @returns The page's path and query to the letter, without what React Router adds when it asks for data. */
export function pageAddress({ pathname, search }: URL): string {
  if (!isDataPath(pathname)) return pathname + search;
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !/^_routes(=|$)/.test(pair));
  return pagePath(pathname) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

/** Whether React Router is asked for a page's data rather than for the page. */
export function isDataPath(pathname: string): boolean {
  return pathname.endsWith(".data");
}

/** Decoded and without regard to the case of ASCII letters, as React Router matches them; null where that cannot be. */
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

/** What is posted to an index route without saying so is for the nearest route around it that has an action. */
function hasActionAbove(route: BuiltRoute, routes: BuiltRoutes): boolean {
  const parent = routes[route.parentId ?? ""];
  return parent !== undefined && (parent.module.action !== undefined || hasActionAbove(parent, routes));
}

/** @returns A look-up from a request's path to its route. */
export function createRouteTable(routes: BuiltRoutes): (pathname: string) => RouteEntry {
  const entries: { segments: string[]; entry: RouteEntry }[] = [];
  for (const route of Object.values(routes)) {
    if (route === undefined || route.id === "root" || (!route.index && !route.path)) continue;
    const { loader, action, default: page } = route.module;
    // A page that has an action and no loader is what a form is answered with, and nothing to look at by itself.
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
