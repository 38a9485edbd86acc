/**
 * Stacks that the browser tests take turns with, in vitest's main process: starting one costs more than most files.
 * A file that takes a stack has it alone, and finds it without data.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import type { LineMode } from "./line.ts";
import { type OwnStack, type Stack, startStack } from "./stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    stackPool: string;
  }
}

type Entry = { stack: OwnStack };

const ACTIONS = {
  stopConvex: ({ stack }: Entry) => stack.stopConvex(),
  startConvex: ({ stack }: Entry) => stack.startConvex(),
  setLine: ({ stack }: Entry, mode: string) => stack.setLine(mode as LineMode),
  release: async (entry: Entry) => void free.push(entry),
};
type Action = keyof typeof ACTIONS;

const entries: Entry[] = [];
const free: Entry[] = [];

async function take(): Promise<Entry> {
  const entry = free.pop();
  if (entry === undefined) {
    const started = { stack: await startStack() };
    entries.push(started);
    return started;
  }
  await entry.stack.reset();
  return entry;
}

/** Vitest's global setup of the browser tests. Starts no stack yet. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer(async (request, response) => {
    const [, id = "", action = "", detail = ""] = (request.url ?? "").split("/");
    try {
      const entry = id === "take" ? await take() : entries[Number(id)];
      if (entry === undefined) throw new Error(`No such stack: ${request.url}`);
      if (action in ACTIONS) await ACTIONS[action as Action](entry, detail);
      const { appUrl, workosUrl, convexUrl } = entry.stack;
      response.end(JSON.stringify({ id: entries.indexOf(entry), appUrl, workosUrl, convexUrl }));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  project.provide("stackPool", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(entries.map(({ stack }) => stack.close()));
  };
}

/**
 * Takes a stack for this file, started or reset.
 *
 * @param pool - What vitest provides as `stackPool`.
 */
export async function takeStack(pool: string): Promise<Stack & { release(): Promise<void> }> {
  const ask = async (path: string) => {
    const response = await fetch(`${pool}/${path}`, { method: "POST" });
    if (!response.ok) throw new Error(`The pool of stacks answered: ${await response.text()}`);
    return (await response.json()) as { id: number; appUrl: string; workosUrl: string; convexUrl: string };
  };
  const { id, ...addresses } = await ask("take");
  const act = (action: Action) => async () => void (await ask(`${id}/${action}`));
  return {
    ...addresses,
    stopConvex: act("stopConvex"),
    startConvex: act("startConvex"),
    setLine: async (mode) => void (await ask(`${id}/setLine/${mode}`)),
    release: act("release"),
  };
}
