/**
 * Loads page code from React Router's manifest, whose shape `tests/browser/moving-about.test.ts` checks. See
 * docs/decisions/012-page-code-before-the-navigation.md.
 */
import { matchRoutes } from "react-router";

type Route = { id: string; path?: string; index?: boolean; module: string; imports?: string[] };
type Manifest = { routes: Record<string, Route | undefined> };

/** Returns all routes of the app; empty before React Router has started. */
export function knownRoutes(): Route[] {
  const { __reactRouterManifest: manifest } = window as { __reactRouterManifest?: Manifest };
  return Object.values(manifest?.routes ?? {}).filter((route) => route !== undefined);
}

function moduleOf(pathname: string): string | undefined {
  // Only routes without a path have children.
  const pages = knownRoutes().filter(({ path, index }) => path || index);
  return matchRoutes(pages, pathname)?.at(-1)?.route.module;
}

const loaded = new Set<string | undefined>([undefined]);

/** Returns whether `loadPageCode` has loaded the code of a page. */
export function isPageLoaded(pathname: string): boolean {
  return loaded.has(moduleOf(pathname));
}

/**
 * Loads the code of a page before navigation. React Router would reload the document if loading failed.
 *
 * @throws {TypeError} when the code cannot be loaded.
 */
export async function loadPageCode(pathname: string): Promise<void> {
  const module = moduleOf(pathname);
  if (module === undefined) return;
  await import(/* @vite-ignore */ module);
  loaded.add(module);
}
