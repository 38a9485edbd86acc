/**
 * Preloads the code of all pages. A separate file, because guests never need it. See
 * docs/decisions/012-page-code-before-the-navigation.md.
 */
import { knownRoutes } from "./page-code.ts";

export function loadAhead(): void {
  const modules = knownRoutes().flatMap(({ module, imports = [] }) => [module, ...imports]);
  for (const href of new Set(modules)) {
    if (document.querySelector(`link[rel=modulepreload][href="${href}"]`)) continue;
    document.head.appendChild(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }
}
