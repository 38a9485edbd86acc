/** What fails any test it happens in: a line on console.error, a request to somebody else's machine. */
import { subscribe } from "node:diagnostics_channel";
import { format } from "node:util";
import { afterEach, beforeEach } from "vitest";
import { isLoopback } from "../app/env.server.ts";

let complaints: string[] = [];

const print = console.error;
console.error = (...words: unknown[]) => {
  complaints.push(`console.error: ${format(...words)}`);
  print(...words);
};

// Node's own channel: it sees every fetch, whoever makes it, and replaces nothing.
subscribe("undici:request:create", (message) => {
  const { origin } = (message as { request: { origin: string | URL } }).request;
  const { hostname } = new URL(origin);
  if (!isLoopback(hostname)) complaints.push(`request to ${hostname}`);
});

beforeEach(() => {
  complaints = [];
});

afterEach(() => {
  if (complaints.length > 0) throw new Error(`Not expected in a test:\n${complaints.join("\n")}`);
});
