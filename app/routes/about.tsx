/** What Mosaic is; prerendered at build, the same for everyone. */
import { About } from "../ui/about.tsx";
import type { Route } from "./+types/about";

export const meta: Route.MetaFunction = () => [{ title: "About · Mosaic" }];

export default function AboutPage() {
  return <About />;
}
