/** 404 page for unknown paths. */
import { data, href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { definePage } from "../data/define-page.server.ts";
import { useDocument } from "../frame/document.ts";
import { ErrorPage } from "../ui/error-page.tsx";
import type { Route } from "./+types/not-found";

const page = definePage(api.pages.shell);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Not found · Mosaic" }];

const notFound = () => data(null, { status: 404 });

export const loader = notFound;
export const action = notFound;

export default function NotFound() {
  const { requestId } = useDocument();
  return (
    <ErrorPage
      title="Not found"
      message="There is nothing at this address. It may have been mistyped, or have gone."
      action={{ to: href("/"), label: "Go to the start page" }}
      requestId={requestId}
    />
  );
}
