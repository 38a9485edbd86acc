/** Layout route of every page. Its error boundary keeps banner, connection and pending edits. */
import { Outlet } from "react-router";
import { RouteErrorPage, routeErrorTitle } from "../frame/route-error.tsx";
import type { Route } from "./+types/every-page";

/** Title of a page that threw; other pages set their own. */
export const meta: Route.MetaFunction = ({ error }) => [
  { title: error ? `${routeErrorTitle(error)} · Mosaic` : "Mosaic" },
];

export default function EveryPage() {
  return <Outlet />;
}

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <RouteErrorPage error={error} />;
}
