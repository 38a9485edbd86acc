/** Which answers new subscribers and refreshed tokens share, as Convex's query cache has it. */
import { expect, test } from "vitest";
import type { FunctionCall, Identity } from "../../src/backend.ts";
import { SharedSubscriptions } from "../../src/sync/shared-subscriptions.ts";
import type { Subscriber, Subscription } from "../../src/sync/subscription.ts";
import { ScriptedBackend } from "./scripted-backend.ts";

const ADA: Identity = { tokenIdentifier: "i|ada", issuer: "i", subject: "ada" };

const callOf = (path: string, identity: Identity | null = ADA): FunctionCall => ({
  path,
  args: {},
  identity,
  caller: "public",
});

/** A subscriber of one query. */
class Client implements Subscriber {
  readonly ready = true;
  readonly #shared: SharedSubscriptions;
  subscription: Subscription;

  constructor(shared: SharedSubscriptions, path: string) {
    this.#shared = shared;
    this.subscription = shared.subscribe(callOf(path), null, this);
  }

  *wanted(): Iterable<Subscription> {
    const { answer } = this.subscription;
    if (answer === null || answer.validUntil !== null) yield this.subscription;
  }

  refreshed(): void {}

  /** Does what a socket does when its client sends a token with this identity. */
  authenticate(identity: Identity = ADA): void {
    const before = this.subscription;
    this.subscription = this.#shared.resubscribe(before, callOf(before.call.path, identity), this);
    if (before !== this.subscription) this.#shared.unsubscribe(before, this);
  }

  async value(): Promise<unknown> {
    await expect.poll(() => this.subscription.answer?.text).toBeDefined();
    return JSON.parse(this.subscription.answer?.text ?? "null").value;
  }
}

function open() {
  const backend = new ScriptedBackend();
  let runs = 0;
  const time = { now: 1_000_000 };
  backend.queries["clock:get"] = () => ++runs;
  backend.queries["rows:get"] = () => ++runs;
  backend.queries["rows:fail"] = () => {
    throw new Error(`run ${++runs}`);
  };
  return { backend, time, shared: new SharedSubscriptions(backend, () => time.now) };
}

test("a new subscriber shares an answer of any age if the query did not read the clock", async () => {
  const { shared, time } = open();
  expect(await new Client(shared, "rows:get").value()).toBe(1);
  time.now += 3_600_000;
  expect(await new Client(shared, "rows:get").value()).toBe(1);
});

test("an answer that read the clock is shared for 17 s, and then runs for the new subscriber only", async () => {
  const { shared, time } = open();
  const first = new Client(shared, "clock:get");
  expect(await first.value()).toBe(1);
  time.now += 17_000;
  expect(await new Client(shared, "clock:get").value()).toBe(1);
  time.now += 1;
  const late = new Client(shared, "clock:get");
  expect(await late.value()).toBe(2);
  expect(await first.value()).toBe(1);
  expect(await new Client(shared, "clock:get").value()).toBe(2);
});

test("a refreshed token runs a query again only if its answer is too old or failed, and both are counted", async () => {
  const { shared, time, backend } = open();
  const clients = ["clock:get", "rows:get", "rows:fail"].map((path) => new Client(shared, path));
  for (const client of clients) await client.value();
  const watched = backend.watched;
  backend.runs.length = 0;
  for (const client of clients) client.authenticate();
  for (const client of clients) await client.value();
  expect(backend.runs).toEqual(["rows:fail"]);
  time.now += 20_000;
  for (const client of clients) client.authenticate();
  for (const client of clients) await client.value();
  expect(backend.runs).toEqual(["rows:fail", "clock:get", "rows:fail"]);
  expect(shared.refreshCosts.list().queries).toEqual([
    { path: "clock:get", ran: 1, cached: 1 },
    { path: "rows:fail", ran: 2, cached: 0 },
    { path: "rows:get", ran: 0, cached: 2 },
  ]);
  // Replaced subscriptions are released.
  await expect.poll(() => backend.watched).toBe(watched);
});

test("after the clock has jumped back, an answer from the future is not shared", async () => {
  const { shared, time } = open();
  const first = new Client(shared, "clock:get");
  expect(await first.value()).toBe(1);
  time.now -= 60_000;
  first.authenticate();
  expect(await first.value()).toBe(2);
});

test("another identity runs the query again", async () => {
  const { shared, backend } = open();
  const client = new Client(shared, "rows:get");
  await client.value();
  client.authenticate({ ...ADA, role: "admin" });
  expect(await client.value()).toBe(2);
  expect(backend.runs).toEqual(["rows:get", "rows:get"]);
});
