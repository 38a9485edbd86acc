/** Scroll restoration of React Router. Its own component has a script that throws if the browser blocks storage. */
import { UNSAFE_useScrollRestoration as useScrollRestoration } from "react-router";
import { useDocument } from "./document.ts";

const STORAGE_KEY = "mosaic-scroll-positions";

/** Scrolls before hydration, after giving the history entry the key that React Router would give it. */
const RESTORE = `try {
  if (!history.state?.key) history.replaceState({ key: Math.random().toString(32).slice(2) }, "");
  const top = JSON.parse(sessionStorage.getItem("${STORAGE_KEY}") ?? "{}")[history.state.key];
  if (top) scrollTo(0, top);
} catch {}`;

/** Keeps the scroll position of each history entry, if the browser allows storage. */
export function ScrollRestoration() {
  const { nonce } = useDocument();
  useScrollRestoration({ storageKey: STORAGE_KEY });
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
  return <script suppressHydrationWarning nonce={nonce} dangerouslySetInnerHTML={{ __html: RESTORE }} />;
}
