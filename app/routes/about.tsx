/** About page, prerendered at build time and identical for all users. */

import type { RoutePolicy } from "../request/route-policy.ts";
import { About } from "../ui/about.tsx";
import type { Route } from "./+types/about";

/** Renders without client router, nonce and user; `static-banner.js` fills in the banner. */
export const handle = { sameForEveryone: true } satisfies RoutePolicy;

export const meta: Route.MetaFunction = () => [{ title: "About · Mosaic" }];

export default function AboutPage() {
  return <About />;
}
