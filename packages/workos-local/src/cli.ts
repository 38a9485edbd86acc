/** The stand-in by itself: `npx workos-local --port 8788 --data FILE`. Client id, key and webhook come from the environment. */
import { parseArgs } from "node:util";
import { startWorkos } from "./server.ts";

const USAGE = `npx workos-local --port N --data FILE [--token-seconds N] [--webhook URL]

Environment: WORKOS_CLIENT_ID, WORKOS_API_KEY; with --webhook also WORKOS_WEBHOOK_SECRET.
`;

function fail(message: string): never {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: "string" },
        data: { type: "string" },
        "token-seconds": { type: "string", default: "300" },
        webhook: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : "The arguments could not be read.");
  }
}

const values = readArguments();

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const { WORKOS_CLIENT_ID, WORKOS_API_KEY, WORKOS_WEBHOOK_SECRET } = process.env;
const port = Number(values.port);
if (!values.port || !Number.isInteger(port) || port < 0 || port > 65_535) fail("--port must be a port.");
const accessTokenSeconds = Number(values["token-seconds"]);
if (!(accessTokenSeconds >= 1)) fail("--token-seconds must be a number from 1.");
if (!values.data) fail("--data must name a file.");
if (!WORKOS_CLIENT_ID || !WORKOS_API_KEY) fail("WORKOS_CLIENT_ID and WORKOS_API_KEY must be set.");
if (values.webhook && !WORKOS_WEBHOOK_SECRET) fail("WORKOS_WEBHOOK_SECRET must be set for --webhook.");

const starting = startWorkos({
  port,
  dataFile: values.data,
  clientId: WORKOS_CLIENT_ID,
  apiKey: WORKOS_API_KEY,
  accessTokenSeconds,
  ...(values.webhook &&
    WORKOS_WEBHOOK_SECRET && { webhook: { url: values.webhook, secret: WORKOS_WEBHOOK_SECRET } }),
});
let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (ending) return;
    ending = true;
    void starting.then((workos) => workos.close()).then(() => process.exit(0));
  });

const workos = await starting.catch((error: unknown) =>
  fail(
    error instanceof Error && "code" in error && error.code === "EADDRINUSE"
      ? `Port ${port} is in use.`
      : "The stand-in could not start: is --data a file that can be written?",
  ),
);

process.stdout.write(`WorkOS stand-in on ${workos.url}\n`);
