/** What other packages use: starts the emulator, and signs webhooks as it does. */
export { startWorkos, type WorkosOptions } from "./server.ts";
export { signatureOf } from "./webhooks.ts";
