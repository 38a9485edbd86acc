/** Public API: starts a backend with or without its ports, and bundles a folder of functions. */
export { adminKeyFor } from "./auth/admin-key.ts";
export type { Backend, Identity } from "./backend.ts";
export { type ConflictOptions, conflictsFrom } from "./conflicts/pace.ts";
export { sharedBundle as bundle } from "./functions/modules/build-cache.ts";
export { fingerprintOf } from "./functions/modules/fingerprint.ts";
export { loadModule } from "./functions/modules/load-module.ts";
export { findSourceFiles } from "./functions/modules/source-files.ts";
export type { Served } from "./serve.ts";
export { type ConvexOptions, startConvex } from "./server.ts";
export { startBackend } from "./worker-backend.ts";
