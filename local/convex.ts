/** `npm run convex -- …`: inspects and seeds the local Convex backend of this `PORT`. */
import { command } from "convex-local/admin";
import { dataDir } from "./launch/data-dir.ts";
import { portsFrom } from "./ports.ts";

const USAGE = `Inspects the local Convex backend that npm run dev or npm start runs with this PORT, over its admin key.

npm run convex -- COMMAND`;

// The reading process may close the pipe first, as in `npm run convex -- data users | head`.
process.stdout.on("error", () => process.exit(0));

process.exitCode = await command(
  process.argv.slice(2),
  {
    print: (line) => void process.stdout.write(`${line}\n`),
    printError: (line) => void process.stderr.write(`${line}\n`),
  },
  {
    usage: USAGE,
    backend: () => {
      const ports = portsFrom(process.env.PORT);
      const { convexFile } = dataDir(process.cwd(), ports.app, process.env.LOCAL_DIR);
      return { url: `http://127.0.0.1:${ports.convex}`, dataFile: convexFile };
    },
  },
);
