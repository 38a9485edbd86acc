/**
 * A backend for the tests of convex/: the project's own functions, called as the people a test needs.
 * Tests know only `startBackend` and what it gives, not what runs the functions.
 */

import { globSync } from "node:fs";
import type { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server";
import { convexTest } from "convex-test";
import schema from "../../convex/schema.ts";

export const EDGE_SECRET = "edge-secret-of-the-tests-0123456789abcdef";
export const WEBHOOK_SECRET = "webhook-secret-of-the-tests";
export const ADMIN_EMAIL = "ada@example.com";

/** What a person's token says. */
export type Claims = { sub: string; sid?: string; role?: string };

/** Someone who calls functions. */
export type Person = {
  query<F extends FunctionReference<"query">>(fn: F, args: FunctionArgs<F>): Promise<FunctionReturnType<F>>;
  mutation<F extends FunctionReference<"mutation">>(
    fn: F,
    args: FunctionArgs<F>,
  ): Promise<FunctionReturnType<F>>;
};

export type TestBackend = {
  nobody: Person;
  as(claims: Claims): Person;
  /** A plain request to the functions' own HTTP routes. */
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** Resolves when what the scheduler was given for now has run. */
  settled(): Promise<void>;
};

export async function startBackend(): Promise<TestBackend> {
  process.env.CONVEX_EDGE_SECRET = EDGE_SECRET;
  process.env.WORKOS_WEBHOOK_SECRET = WEBHOOK_SECRET;
  process.env.ADMIN_EMAILS = ` ${ADMIN_EMAIL.toUpperCase()} , root@example.com`;
  const test = convexTest(schema, functionModules());
  return {
    nobody: test as Person,
    fetch: (path, init) => test.fetch(path, init),
    settled: () => test.finishAllScheduledFunctions(() => {}),
    as: ({ sub, ...claims }) => test.withIdentity({ subject: sub, ...claims }) as Person,
  };
}

function functionModules(): { [path: string]: () => Promise<unknown> } {
  const folder = new URL("../../convex/", import.meta.url);
  const files = globSync("**/*.{ts,js}", { cwd: folder.pathname });
  return Object.fromEntries(
    files.map((file) => [`../../convex/${file}`, () => import(new URL(file, folder).href)]),
  );
}
