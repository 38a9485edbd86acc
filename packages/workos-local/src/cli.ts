/** Command line of `npx workos-local`. */
import { parseArgs } from "node:util";
import { startWorkOS } from "./server.ts";

const DEFAULT_CLIENT_ID = "client_local";
const DEFAULT_API_KEY = "sk_local_not_a_secret";

const USAGE = `Emulates WorkOS on this machine, on loopback only.

  npx workos-local --port N --data FILE

  --port N            the port; 0 for any free one
  --data FILE         the SQLite file, created if it does not exist
  --token-seconds N   lifetime of access tokens (default: 300)
  --sign-in-url URL   the app's sign-in address, for links of invitations
  --webhook URL       receives events, signed with WORKOS_WEBHOOK_SECRET
  --help              print this text

Environment variables: WORKOS_CLIENT_ID (default: ${DEFAULT_CLIENT_ID}) and WORKOS_API_KEY
(default: ${DEFAULT_API_KEY}), as the app has them; WORKOS_WEBHOOK_SECRET for --webhook;
WORKOS_EMULATOR_STRICT=1 makes each refresh token work only once.
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
        "sign-in-url": { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : "The arguments are invalid.");
  }
}

const values = readArguments();

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const { WORKOS_CLIENT_ID, WORKOS_API_KEY, WORKOS_WEBHOOK_SECRET } = process.env;
const port = Number(values.port);
if (!values.port || !Number.isInteger(port) || port < 0 || port > 65_535)
  fail("--port must be a number from 0 to 65535.");
const accessTokenSeconds = Number(values["token-seconds"]);
if (!(accessTokenSeconds >= 1)) fail("--token-seconds must be a number from 1.");
if (!values.data) fail("--data must name a file.");
if (values.webhook && !WORKOS_WEBHOOK_SECRET) fail("WORKOS_WEBHOOK_SECRET must be set for --webhook.");

const starting = startWorkOS({
  port,
  dataFile: values.data,
  clientId: WORKOS_CLIENT_ID || DEFAULT_CLIENT_ID,
  apiKey: WORKOS_API_KEY || DEFAULT_API_KEY,
  accessTokenSeconds,
  ...(process.env.WORKOS_EMULATOR_STRICT === "1" && { refreshReplaySeconds: 0 }),
  ...(values["sign-in-url"] && { signInUrl: values["sign-in-url"] }),
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
      : "The emulator could not start. Check that --data is a writable file.",
  ),
);

process.stdout.write(`WorkOS emulator on ${workos.url}\n`);
