/**
 * `npm run conformance -- URL [API_KEY]`: runs the app against another WorkOS emulator, such as workos/emulate.
 */
import { BUILD, runSteps } from "./steps.ts";

const LONGEST_MS = 300_000;

const [address = "", apiKey] = process.argv.slice(2);
const url = URL.parse(address);
if (url === null || url.origin !== address) {
  process.stderr.write("Usage: npm run conformance -- http://localhost:4100 [API key]\n");
  process.exit(1);
}
process.env.CONFORMANCE_URL = url.origin;
if (apiKey !== undefined) process.env.CONFORMANCE_API_KEY = apiKey;
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "routes", "tests/routes/conformance"];
await runSteps([BUILD, { name: "conformance", args: vitest }], LONGEST_MS);
