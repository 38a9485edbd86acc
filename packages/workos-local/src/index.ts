/** Public API: starts the emulator, and signs webhooks. */
export { startWorkOS, type WorkOSOptions } from "./server.ts";
export { signatureOf } from "./webhooks.ts";
