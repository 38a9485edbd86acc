/** What Mosaic is; prerendered at build, the same for everyone. */
import { About } from "../ui/about.tsx";
import type { Route } from "./+types/about";

/** No client router here, no nonce, and a banner that names nobody: `static-banner.js` fills it in. */
export const handle = { sameForEveryone: true };

export const meta: Route.MetaFunction = () => [{ title: "About · Mosaic" }];

export default function AboutPage() {
  return <About />;
}
