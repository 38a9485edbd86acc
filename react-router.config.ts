import type { Config } from "@react-router/dev/config";

export default {
  ssr: true,
  // All routes in one file that the browser keeps: asked for one by one, they would cost requests to the worker, a
  // trip before a click's data, and a copy in every page.
  routeDiscovery: { mode: "initial" },
  // A page's `clientAction` is one line: splitting it off would add a request to each page with a form.
  splitRouteModules: false,
  // The same bytes for everyone; app/middleware/prerendered.ts hands them out.
  prerender: ["/about"],
  // Our own origin check (app/middleware/same-origin.ts) runs first, against APP_URL. React Router's
  // compares with request.url, which is wrong behind TLS, and does not cover resource routes.
  allowedActionOrigins: ["**"],
} satisfies Config;
