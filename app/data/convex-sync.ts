/** The part of the Convex client that keeps the connection. A separate file, which pages load after hydration. */
export { BaseConvexClient } from "convex/browser";
