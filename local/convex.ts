/** `npm run convex -- …`: looks into the local Convex of this `PORT`, and seeds it. */
import { command } from "./admin/command-line.ts";

/** Ended by the reader, as in `npm run convex -- data users | head`. */
process.stdout.on("error", () => process.exit(0));

process.exitCode = await command(process.argv.slice(2), {
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
});
