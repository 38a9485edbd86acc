/** Matches paths to routes, their policies and allowed methods, derived from React Router's build. */
import { DEFAULT_POLICY, type Policy, type RoutePolicy } from "./route-policy.ts";

/** The part of a route in React Router's server build that is used here. */
type BuiltRoute = {
  id: string;
  parentId?: string;
  path?: string;
  index?: boolean;
  module: { loader?: unknown; action?: unknown; default?: unknown; handle?: unknown };
};
export type BuiltRoutes = Readonly<Record<string, BuiltRoute | undefined>>;

export type RouteEntry = {
  /** The route's id in React Router's build; null if only a route for unknown paths matches. */
  id: string | null;
  /** As in `app/routes.ts`, such as `/settings/sessions`; `*` if only a route for unknown paths matches. */
  pattern: string;
  /** The part of the pattern before `*` or the first parameter, such as `/api/`. */
  base: string;
  methods: readonly string[];
  policy: Policy;
};

const ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

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

function splitPath(path: string): string[] {
  const trimmed = path.replace(/^\/|\/+$/g, "");
  return trimmed === "" ? [] : trimmed.split("/");
}

/** Returns decoded segments in ASCII lower case, as React Router matches them; null if malformed. */
function segmentsOf(path: string): string[] | null {
  try {
    return splitPath(path).map((segment) =>
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

/** Returns the methods that a route with this module supports. */
function methodsOf(route: BuiltRoute, routes: BuiltRoutes): string[] {
  const { loader, action, default: page } = route.module;
  // A component with an action and no loader only renders the result of a form, so it has no GET.
  const reads = loader !== undefined || (page !== undefined && action === undefined);
  const writes = action !== undefined || (route.index === true && hasActionAbove(route, routes));
  return [...(reads ? ["GET", "HEAD"] : []), ...(writes ? ["POST"] : [])];
}

type Candidate = { segments: string[]; entry: RouteEntry };

/** Returns the routes of a build with their segments, without `*`. */
function candidatesOf(routes: BuiltRoutes): Candidate[] {
  const candidates: Candidate[] = [];
  for (const route of Object.values(routes)) {
    if (route === undefined || route.id === "root" || (!route.index && !route.path)) continue;
    const pattern = `/${route.path ?? ""}`;
    const base = pattern.replace(/[:*].*$/, "");
    const policy = { ...DEFAULT_POLICY, ...(route.module.handle as RoutePolicy | undefined) };
    const isSplat = pattern.endsWith("*");
    const entry = isSplat
      ? { id: null, pattern: "*", base, methods: ALL_METHODS, policy }
      : { id: route.id, pattern, base, methods: methodsOf(route, routes), policy };
    candidates.push({ segments: segmentsOf(isSplat ? base : pattern) ?? [], entry });
  }
  return candidates;
}

const startsWith = (segments: string[], start: string[]) =>
  start.every((segment, index) => segment === segments[index]);

/**
 * Returns a function that finds the route of a path.
 *
 * @param routes - The routes of React Router's build, one of which is `*`.
 */
export function createRouteTable(routes: BuiltRoutes): (pathname: string) => RouteEntry {
  const candidates = candidatesOf(routes);
  const splats = candidates
    .filter(({ entry }) => entry.id === null)
    .sort((one, other) => other.segments.length - one.segments.length);
  const named = candidates.filter(({ entry }) => entry.id !== null);
  const isDynamic = ({ segments }: Candidate) => segments.some((segment) => segment.startsWith(":"));
  const fixed = new Map(
    named.filter((one) => !isDynamic(one)).map(({ segments, entry }) => [segments.join("/"), entry]),
  );
  const dynamic = named.filter(isDynamic);

  function unknown(segments: string[]): RouteEntry {
    const found = splats.find((splat) => startsWith(segments, splat.segments));
    if (found === undefined) throw new Error("The routes need one for unknown paths.");
    return found.entry;
  }

  return (pathname) => {
    const sent = segmentsOf(pathname);
    // Nothing under `/api/` is requested as data: its few pages are only opened as documents.
    const isApi = sent?.[0] === "api" && sent.length > 1;
    const segments = isApi || !isDataPath(pathname) ? sent : segmentsOf(pagePath(pathname));
    if (segments === null) return unknown(splitPath(pathname));
    const exact = fixed.get(segments.join("/"));
    if (exact !== undefined) return exact;
    const fits = dynamic.find(
      (candidate) =>
        candidate.segments.length === segments.length &&
        candidate.segments.every((part, index) =>
          part.startsWith(":") ? segments[index] !== "" : part === segments[index],
        ),
    );
    return fits?.entry ?? unknown(segments);
  };
}
