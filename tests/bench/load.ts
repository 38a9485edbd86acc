/** Sends requests for a while, and says how many were answered and how fast. */
import { Agent, request as send } from "node:http";
import { performance } from "node:perf_hooks";

export type Load = {
  answered: number;
  /** Milliseconds of each answer, in order of size. */
  times: number[];
};

/** What is asked for, again and again. */
export type Asked = { method?: string; headers: Record<string, string>; body?: string };

/**
 * Keeps `atOnce` requests under way for `milliseconds`.
 * @throws when an answer is no success: a benchmark of error pages is none.
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

/** The value below which a share of a sorted list lies. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
