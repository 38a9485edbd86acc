/** Stack and browser of a test file. A test fails if its browser reports an error. */
import { type Browser, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { Contexts } from "./contexts.ts";
import type { Stack } from "./stack.ts";
import { takeStack } from "./take-stack.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

export type Stage = {
  stack(): Stack;
  /** Opens a browser context without cookies, whose tabs are closed after the test. */
  visitor(options?: VisitorOptions): Promise<Visitor>;
  /** Opens a browser context and signs in. */
  signedIn(email: string, options?: VisitorOptions): Promise<Visitor>;
};

const START_MS = 180_000;

/** Opens the stage. Registers vitest hooks, so call it once at the top of a file. */
export function openStage(): Stage {
  let stack: Awaited<ReturnType<typeof takeStack>>;
  let browser: Browser;
  let contexts: Contexts;
  let visitors: Visitor[] = [];

  beforeAll(async () => {
    stack = await takeStack(inject("stackPool"));
    browser = await chromium.connect(stack.browserUrl);
    contexts = new Contexts(browser, stack.appUrl);
  }, START_MS);

  afterEach(async () => {
    const complaints = (await Promise.all(visitors.map((visitor) => visitor.leave()))).flat();
    visitors = [];
    await stack.setLine("open");
    await stack.startConvex();
    if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join("\n")}`);
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.release();
  });

  const visitor = async (options?: VisitorOptions) => {
    const arrived = await Visitor.arrive(contexts, stack, options);
    visitors.push(arrived);
    return arrived;
  };
  return {
    stack: () => stack,
    visitor,
    async signedIn(email, options) {
      const arrived = await visitor(options);
      await arrived.signIn(email);
      return arrived;
    },
  };
}
