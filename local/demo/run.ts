/** Demo of `npm run dev`: its projects, and agents that keep sending to them. */
import { keepSending } from "./agent.ts";
import { keepExporting } from "./otel.ts";
import { type Place, prepareDemo } from "./prepare.ts";
import { RejectedMetricsError } from "./send.ts";
import { DEMO_PROJECTS } from "./team.ts";

/** Runs the demo until the signal aborts. An error ends only the demo, and is logged in one line. */
export async function runDemo(place: Place, log: (line: string) => void): Promise<void> {
  const { appUrl: url, signal } = place;
  try {
    const keys = await prepareDemo(place);
    log("Demo: two projects whose agents keep sending. `npm run dev -- --no-demo` leaves them out.");
    const exporting = DEMO_PROJECTS.flatMap(({ name, services }) =>
      services.map((service) => keepExporting({ url, key: String(keys[name]) }, service, signal)),
    );
    const sending = DEMO_PROJECTS.map(({ name, agents }) =>
      keepSending({ url, key: String(keys[name]) }, agents, { signal, log }).catch((error) => {
        // A user may delete the project or revoke its API key.
        if (!(error instanceof RejectedMetricsError)) throw error;
        log(`Demo: the agents of ${name} have stopped; their key is no longer good.`);
      }),
    );
    await Promise.all([...sending, ...exporting]);
  } catch (error) {
    if (!signal.aborted)
      log(`The demo could not be prepared: ${error instanceof Error ? error.message : error}`);
  }
}
