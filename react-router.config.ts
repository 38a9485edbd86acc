import type { Config } from "@react-router/dev/config";

export default {
  ssr: true,
  // All routes in one file that the browser caches. Discovering them one by one would add requests to the
  // worker, a round trip before the data of a click, and a copy in every page.
  routeDiscovery: { mode: "initial" },
  // Each `clientAction` is one line. Splitting it off would add a request to each page with a form.
  splitRouteModules: false,
  // The same for all users; app/frame/prerendered.ts serves it.
  prerender: ["/about"],
  // Mosaic's own origin check (app/request/same-origin.ts) runs first and compares with APP_URL. React
  // Router's compares with request.url, which is wrong behind a TLS proxy, and does not cover resource
  // routes.
  allowedActionOrigins: ["**"],
} satisfies Config;
