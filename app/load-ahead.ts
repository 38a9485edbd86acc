/**
 * Loads the code of all pages; apart, since a guest never does. React Router's manifest names the files, and
 * `tests/browser/moving-about.test.ts` fails when it does so no longer.
 */
type Manifest = { routes: Record<string, { module: string; imports?: string[] } | undefined> };

/** @param onMissing Told of each file that does not come. */
export function loadAhead(onMissing: () => void): void {
  const { __reactRouterManifest: manifest } = window as { __reactRouterManifest?: Manifest };
  const modules = Object.values(manifest?.routes ?? {}).flatMap((route) => [
    route?.module ?? "",
    ...(route?.imports ?? []),
  ]);
  for (const href of new Set(modules)) {
    if (href === "" || document.querySelector(`link[rel=modulepreload][href="${href}"]`)) continue;
    const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href });
    link.onerror = onMissing;
    document.head.appendChild(link);
  }
}
