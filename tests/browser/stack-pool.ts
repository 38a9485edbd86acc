/**
 * Pool of stacks with a browser, in vitest's main process, because starting a stack takes longer than most
 * test files. A test file gets a stack without data, and no other file uses it at the same time.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserServer } from "playwright-core";
import type { TestProject } from "vitest/node";
import { serveChromium } from "./chromium.ts";
import type { LineMode } from "./line.ts";
import { type OwnStack, startStack } from "./stack.ts";
import type { Action, Taken } from "./take-stack.ts";

type Entry = { stack: OwnStack; browser: BrowserServer };

const ACTIONS: Record<Action, (entry: Entry, detail: string) => Promise<void>> = {
  stopConvex: ({ stack }) => stack.stopConvex(),
  startConvex: ({ stack }) => stack.startConvex(),
  setLine: ({ stack }, mode) => stack.setLine(mode as LineMode),
  release: async (entry) => void free.push(entry),
};

const entries: Entry[] = [];
const free: Entry[] = [];

/** Starts a stack and a browser. If one of them fails, the other does not keep running. */
async function start(): Promise<Entry> {
  const [stack, browser] = await Promise.allSettled([startStack(), serveChromium()]);
  if (stack.status === "fulfilled" && browser.status === "fulfilled")
    return { stack: stack.value, browser: browser.value };
  for (const one of [stack, browser]) if (one.status === "fulfilled") await one.value.close();
  throw stack.status === "rejected" ? stack.reason : (browser as PromiseRejectedResult).reason;
}

async function take(): Promise<Entry> {
  const entry = free.pop();
  if (entry === undefined) {
    const started = await start();
    entries.push(started);
    return started;
  }
  await entry.stack.reset();
  const { exitCode, signalCode } = entry.browser.process();
  if (exitCode !== null || signalCode !== null) entry.browser = await serveChromium();
  return entry;
}

/** Vitest's global setup of the browser tests. Starts the pool's server, but no stack. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer(async (request, response) => {
    const [, id = "", action = "", detail = ""] = (request.url ?? "").split("/");
    try {
      const entry = id === "take" ? await take() : entries[Number(id)];
      if (entry === undefined) throw new Error(`No such stack: ${request.url}`);
      if (action in ACTIONS) await ACTIONS[action as Action](entry, detail);
      const { appUrl, workosUrl, convexUrl } = entry.stack;
      const taken: Taken = {
        id: entries.indexOf(entry),
        appUrl,
        workosUrl,
        convexUrl,
        browserUrl: entry.browser.wsEndpoint(),
      };
      response.end(JSON.stringify(taken));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  project.provide("stackPool", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(entries.flatMap(({ stack, browser }) => [stack.close(), browser.close()]));
  };
}
