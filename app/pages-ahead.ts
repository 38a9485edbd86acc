/**
 * The code of the other pages, loaded when there is time: a click then waits for data alone, and a tab that is older
 * than a deploy, or offline, still has all of its pages. React Router's manifest names the files;
 * `tests/browser/moving-about.test.ts` fails when it does so no longer.
 */
import { useEffect } from "react";

type Manifest = { routes: Record<string, { module: string; imports?: string[] } | undefined> };

declare global {
  interface Navigator {
    /** Not in every browser. */
    readonly connection?: { readonly saveData?: boolean };
  }
}

/** After this the page itself has what it needs. */
const REST_MS = 1_500;

let missing = false;

/** Whether code of this tab's version is gone from the server: then pages are best loaded as documents. */
export function isCodeMissing(): boolean {
  return missing;
}

/** @param wanted A guest's pages are few, and who saves data asks for no more than is needed. */
export function usePagesAhead(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || navigator.connection?.saveData) return;
    const timer = setTimeout(load, REST_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
}

function load(): void {
  const { __reactRouterManifest: manifest } = window as { __reactRouterManifest?: Manifest };
  const modules = Object.values(manifest?.routes ?? {}).flatMap((route) => [
    route?.module ?? "",
    ...(route?.imports ?? []),
  ]);
  for (const href of new Set(modules)) {
    if (href === "" || document.querySelector(`link[rel=modulepreload][href="${href}"]`)) continue;
    const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href });
    link.onerror = () => {
      missing ||= navigator.onLine;
    };
    document.head.appendChild(link);
  }
}
