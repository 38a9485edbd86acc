/** What every page lies in: where one is refused, the banner, the connection and what waits to be sent stay. */
import { Outlet } from "react-router";
import { RefusedPage, refusalTitle } from "../refused-page.tsx";
import type { Route } from "./+types/every-page";

/** A page has a title of its own, unless it threw. */
export const meta: Route.MetaFunction = ({ error }) => [
  { title: error ? `${refusalTitle(error)} · Mosaic` : "Mosaic" },
];

export default function EveryPage() {
  return <Outlet />;
}

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <RefusedPage error={error} />;
}
