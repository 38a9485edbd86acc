/** Load generator: sends requests for a given time, and returns the number and times of the answers. */
import { Agent, request as send } from "node:http";
import { performance } from "node:perf_hooks";

export type Load = {
  answered: number;
  /** Response times in milliseconds, sorted. */
  times: number[];
};

/** The request that is repeated. */
export type Asked = { method?: string; headers: Record<string, string>; body?: string | Uint8Array };

/**
 * Keeps a number of requests in flight for a given time.
 *
 * @param url - The URL to request.
 * @param options.milliseconds - How long to send requests, in milliseconds.
 * @param options.atOnce - The number of concurrent requests.
 * @returns The number of answers and their times.
 * @throws {Error} when an answer has another status than 200 or 202.
 */
export async function load(
  url: string,
  { milliseconds, atOnce, ...what }: { milliseconds: number; atOnce: number } & Asked,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const end = performance.now() + milliseconds;
  const times: number[] = [];
  const one = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      await request(url, agent, what);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  agent.destroy();
  return { answered: times.length, times: times.sort((a, b) => a - b) };
}

function request(url: string, agent: Agent, { method = "GET", headers, body = "" }: Asked): Promise<void> {
  return new Promise((resolve, reject) => {
    send(url, { agent, method, headers }, (response) => {
      if (response.statusCode !== 200 && response.statusCode !== 202)
        reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().once("end", resolve).once("error", reject);
    })
      .once("error", reject)
      .end(body);
  });
}

/** Returns a quantile of a sorted list, such as the median for a share of 0.5. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
