/** Sends requests for a while, and says how many were answered and how fast. */
import { Agent, request as send } from "node:http";
import { performance } from "node:perf_hooks";

export type Load = {
  answered: number;
  /** Milliseconds of each answer, in order of size. */
  times: number[];
};

/**
 * Keeps `atOnce` requests under way for `milliseconds`.
 * @throws when an answer is no 200: a benchmark of error pages is none.
 */
export async function load(
  url: string,
  {
    milliseconds,
    atOnce,
    cookie,
    method,
  }: { milliseconds: number; atOnce: number; cookie: string; method?: string },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const end = performance.now() + milliseconds;
  const times: number[] = [];
  const one = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      await request(url, agent, cookie, method);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  agent.destroy();
  return { answered: times.length, times: times.sort((a, b) => a - b) };
}

function request(url: string, agent: Agent, cookie: string, method = "GET"): Promise<void> {
  return new Promise((resolve, reject) => {
    send(url, { agent, method, headers: { cookie } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().once("end", resolve).once("error", reject);
    })
      .once("error", reject)
      .end();
  });
}

/** The value below which a share of a sorted list lies. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
