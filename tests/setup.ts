/** Setup of every test: a console.error call or a request to another machine fails the test. */
import { subscribe } from "node:diagnostics_channel";
import { format } from "node:util";
import { afterEach, beforeEach } from "vitest";
import { isLoopback } from "../app/request/env.server.ts";

let complaints: string[] = [];

const print = console.error;
console.error = (...words: unknown[]) => {
  complaints.push(`console.error: ${format(...words)}`);
  print(...words);
};

// Node's diagnostics channel reports every fetch without replacing it.
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
