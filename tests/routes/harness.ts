/**
 * Test harness: the built worker, the WorkOS emulator, a local Convex backend, and a proxy that injects
 * faults. After each test it checks the invariants of every response and log line.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startConvex } from "convex-local";
import { signatureOf, startWorkOS } from "workos-local";
import { provenArgs } from "../convex/proof.ts";
import { type Answer, Browser, type Site } from "./browser.ts";
import { addWebhookEndpoint, type ForeignWorkOS, freePort } from "./foreign-workos.ts";
import { APP_URL } from "./matchers.ts";
import { Outbound } from "./outbound.ts";
import { brokenLog, brokenPromises, linesOfNoRequest } from "./promises.ts";
import { startWorker, type Worker } from "./worker.ts";
import { WorkerLog } from "./worker-log.ts";

export const COOKIE_PASSWORD = "routes-cookie-password-not-a-secret-0001";
const API_KEY = "sk_routes_not_a_secret";
const CLIENT_ID = "client_routes";
const WEBHOOK_SECRET = "whsec_routes_not_a_secret";
export const EDGE_SECRET = "routes-edge-secret-not-a-secret-00000001";

export type HarnessOptions = {
  /** Extra configuration of the worker. */
  env?: Record<string, string>;
  /** Extra configuration of Convex. */
  convexEnv?: Record<string, string>;
  isolates?: 1 | 2;
  /** Divides the worker's rate limits. */
  limitsDividedBy?: number;
  /** Another WorkOS emulator to use instead, which gets a webhook endpoint. */
  workos?: ForeignWorkOS | undefined;
  /** Delivers WorkOS's events to Convex. */
  webhooks?: true;
};

export class Harness {
  readonly outbound = new Outbound();
  readonly log = new WorkerLog();
  readonly answers: Answer[] = [];
  /** Request ids of all responses and `request` log lines so far. */
  readonly #requestIds = new Set<string>();
  readonly #options: HarnessOptions;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "mosaic-routes-"));
  readonly #closing: (() => Promise<void>)[] = [];
  readonly #otherWorkers: Worker[] = [];
  #worker: Worker | undefined;
  #workosUrl = "";
  #convexUrl = "";
  #convexSiteUrl = "";
  #browsers = 0;
  #people = 0;

  constructor(options: HarnessOptions) {
    this.#options = options;
  }

  get workosUrl(): string {
    return this.#workosUrl;
  }

  get convexUrl(): string {
    return this.#convexUrl;
  }

  /** Returns the worker's configuration. */
  get env(): Record<string, string> {
    return {
      APP_URL,
      WORKOS_API_KEY: this.#options.workos?.apiKey ?? API_KEY,
      WORKOS_CLIENT_ID: CLIENT_ID,
      WORKOS_COOKIE_PASSWORD: COOKIE_PASSWORD,
      WORKOS_API_URL: this.#workosUrl,
      CONVEX_URL: this.#convexUrl,
      CONVEX_EDGE_SECRET: EDGE_SECRET,
      ...this.#options.env,
    };
  }

  /** Returns the secrets that must not appear in any page, URL or log line. */
  get #secrets(): Record<string, string> {
    return { "the cookie password": COOKIE_PASSWORD, "the API key": API_KEY, "the edge secret": EDGE_SECRET };
  }

  async start(): Promise<void> {
    const sitePort = this.#options.webhooks ? await freePort() : 0;
    this.#workosUrl = await this.#startWorkOS(`http://127.0.0.1:${sitePort}/webhooks/workos`);
    const convex = await startConvex({
      functionsDir: path.resolve(import.meta.dirname, "../../convex"),
      port: 0,
      sitePort,
      dataFile: path.join(this.#folder, "convex.sqlite"),
      env: {
        WORKOS_API_URL: this.#workosUrl,
        WORKOS_CLIENT_ID: CLIENT_ID,
        WORKOS_WEBHOOK_SECRET: WEBHOOK_SECRET,
        CONVEX_EDGE_SECRET: EDGE_SECRET,
        ADMIN_EMAILS: "ada@example.com",
        ...this.#options.convexEnv,
      },
      log: () => undefined,
    });
    this.#closing.push(() => convex.close());
    this.#convexUrl = convex.url;
    this.#convexSiteUrl = convex.siteUrl;
    this.outbound.stand("workos", this.#workosUrl);
    this.outbound.stand("convex", convex.url);
    await this.restart();
  }

  /** Starts the WorkOS emulator, or prepares the foreign one, and returns its URL. */
  async #startWorkOS(webhookUrl: string): Promise<string> {
    const { webhooks, workos: foreign } = this.#options;
    const webhook = { url: webhookUrl, secret: WEBHOOK_SECRET };
    if (foreign !== undefined) {
      this.#closing.push(await addWebhookEndpoint(foreign, webhook));
      return foreign.url;
    }
    const workos = await startWorkOS({
      port: 0,
      dataFile: path.join(this.#folder, "workos.sqlite"),
      clientId: CLIENT_ID,
      apiKey: API_KEY,
      ...(webhooks && { webhook }),
    });
    this.#closing.push(() => workos.close());
    return workos.url;
  }

  /**
   * Restarts the worker. Durable Objects and KV keep their data; memory is lost.
   * @param env - Configuration to change.
   */
  async restart(env: Record<string, string> = {}): Promise<void> {
    await this.#worker?.stop();
    this.#worker = await startWorker({
      env: { ...this.env, ...env },
      outbound: this.outbound,
      log: this.log,
      keptIn: path.join(this.#folder, "worker"),
      ...(this.#options.isolates !== undefined && { isolates: this.#options.isolates }),
      ...(this.#options.limitsDividedBy !== undefined && { limitsDividedBy: this.#options.limitsDividedBy }),
    });
  }

  /**
   * Starts another worker, which is stopped after the test file.
   * @param env - Configuration to change.
   * @param heard - Callback for each response.
   * @returns The address of the worker.
   */
  async another(
    env: Record<string, string>,
    heard: Site["heard"] = (answer) => this.answers.push(answer),
  ): Promise<Site> {
    const merged = { ...this.env, ...env };
    const keptIn = mkdtempSync(path.join(this.#folder, "other-"));
    const worker = await startWorker({ env: merged, outbound: this.outbound, log: this.log, keptIn });
    this.#otherWorkers.push(worker);
    return { url: worker.urls[0], appUrl: merged.APP_URL ?? APP_URL, heard: this.#recordingIds(heard) };
  }

  /** Stops the workers that `another` started. */
  async stopOthers(): Promise<void> {
    for (const worker of this.#otherWorkers.splice(0)) await worker.stop();
  }

  async stop(): Promise<void> {
    this.outbound.heal();
    await this.stopOthers();
    await this.#worker?.stop();
    for (const close of this.#closing) await close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Returns the address of an isolate of the worker.
   * @param isolate - Index of the isolate.
   * @returns The address.
   * @throws {Error} when the isolate is not running.
   */
  site(isolate: 0 | 1 = 0): Site {
    const url = this.#worker?.urls[isolate];
    if (url === undefined) throw new Error("No such isolate is running");
    return { url, appUrl: APP_URL, heard: this.#recordingIds((answer) => this.answers.push(answer)) };
  }

  /** Wraps `heard` to record the request id of each response. */
  #recordingIds(heard: Site["heard"]): Site["heard"] {
    return (answer) => {
      this.#requestIds.add(answer.headers.get("x-request-id") ?? "");
      heard(answer);
    };
  }

  /**
   * Creates a browser with a unique IP address.
   * @param site - Worker that the browser connects to.
   * @returns The browser.
   */
  browser(site = this.site()): Browser {
    this.#browsers += 1;
    return new Browser(site, `10.20.${this.#browsers >> 8}.${this.#browsers & 255}`);
  }

  /** Returns the e-mail of a new user. */
  person(): string {
    this.#people += 1;
    return `person-${this.#people}@example.com`;
  }

  /**
   * Calls a public Convex function directly, without the worker.
   * @param kind - Kind of the function.
   * @param name - Path of the function, such as `users:viewer`.
   * @param args - Arguments of the function.
   * @param token - Access token, or null for a call without one.
   * @returns The response of Convex.
   */
  async convex(
    kind: "query" | "mutation",
    name: string,
    args: object,
    token: string | null,
  ): Promise<Response> {
    return fetch(`${this.#convexUrl}/api/${kind}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        path: name,
        format: "convex_encoded_json",
        args: [await provenArgs(name, { ...args })],
      }),
    });
  }

  /**
   * Changes settings of the WorkOS emulator.
   * @param settings - Lifetime of access tokens, and how long a used refresh token gets the same response, in
   *   seconds; claims to set in access tokens.
   * @throws {Error} when the emulator rejects the settings.
   */
  async workosSettings(settings: {
    accessTokenSeconds?: number;
    refreshReplaySeconds?: number;
    claims?: Record<string, unknown> | null;
  }): Promise<void> {
    const answer = await fetch(`${this.#workosUrl}/_local/settings`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(settings),
    });
    if (!answer.ok) throw new Error(`WorkOS's settings: ${answer.status}`);
  }

  /**
   * Sends a signed WorkOS webhook to Convex.
   * @param event - Type of the event.
   * @param data - Data of the event.
   * @returns The status of the response.
   */
  async webhook(event: string, data: object): Promise<number> {
    const body = JSON.stringify({ id: `event_${crypto.randomUUID()}`, event, data });
    const answer = await fetch(`${this.#convexSiteUrl}/webhooks/workos`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "workos-signature": signatureOf(body, WEBHOOK_SECRET, Date.now()),
      },
      body,
    });
    return answer.status;
  }

  /** Clears all faults and checks the invariants after each test. */
  check(): void {
    this.outbound.heal();
    for (const { requestId } of this.log.of("request")) this.#requestIds.add(String(requestId));
    const wrong = [
      ...this.answers.flatMap((answer) => brokenPromises(answer, this.#secrets, this.outbound)),
      ...brokenLog(this.log, this.#secrets, this.outbound),
      ...linesOfNoRequest(this.log, this.#requestIds),
      ...this.outbound.unexpected.map((address) => `an unexpected request to ${address}`),
    ];
    this.answers.length = 0;
    this.outbound.unexpected.length = 0;
    this.outbound.forget();
    this.log.forget();
    if (wrong.length > 0) throw new Error(`Broken promises:\n${[...new Set(wrong)].join("\n")}`);
  }
}
