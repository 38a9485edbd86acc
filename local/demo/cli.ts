/** `npm run agent`: sends metrics of one agent to any Mosaic until Ctrl-C. */
import { parseArgs } from "node:util";
import { keepSending } from "./agent.ts";
import type { DemoAgent } from "./figures.ts";
import { RejectedMetricsError } from "./send.ts";

const HELP = `npm run agent -- --key mosaic_… [--url http://localhost:8787] [--agent NAME] [--every SECONDS]

Sends made-up figures of one agent, a batch every 5 seconds unless told otherwise, until Ctrl-C.
The key is made on the project's page.
`;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(options);
    return 1;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { url, key, agent, every } = options;
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  log(`${agent} sends to ${url} every ${every} s. Ctrl-C stops it.`);
  const figures = [
    { name: "tasks done", middle: 30, swing: 12, noise: 6, decimals: 0 },
    { name: "seconds per task", middle: 4.5, swing: 1.5, noise: 0.8, decimals: 2 },
  ];
  const agents: DemoAgent[] = [{ agent, every, figures }];
  try {
    await keepSending({ url, key }, agents, { signal: stop.signal, log });
    return 0;
  } catch (error) {
    if (!(error instanceof RejectedMetricsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Returns the options, or an error message. */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        key: { type: "string", default: "" },
        url: { type: "string", default: "http://localhost:8787" },
        agent: { type: "string", default: "demo-agent" },
        every: { type: "string", default: "5" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const every = Number(values.every);
    if (values.help) return { ...values, every };
    if (values.key === "") return "--key is missing: make one on the project's page. --help says more.\n";
    if (!(every >= 1)) return "--every takes a number of seconds, 1 or more.\n";
    if (!/^https?:$/.test(URL.parse(values.url)?.protocol ?? ""))
      return "--url takes an address such as https://mosaic.example.com.\n";
    return { ...values, url: new URL(values.url).origin, every };
  } catch (error) {
    return `${(error as Error).message.split("\n", 1)[0]} --help says more.\n`;
  }
}
