import type { Config } from "@react-router/dev/config";

export default {
  ssr: true,
  // The same bytes for everyone; app/middleware/prerendered.ts hands them out.
  prerender: ["/about"],
  // Our own origin check (app/middleware/same-origin.ts) runs first, against APP_URL. React Router's
  // compares with request.url, which is wrong behind TLS, and does not cover resource routes.
  allowedActionOrigins: ["**"],
} satisfies Config;
