/** Users with projects whose agents report to the API, and the check of its rejections. */
import { expect } from "vitest";
import { type Answer, type Browser, jsonOf } from "./browser.ts";
import { signIn } from "./sign-in.ts";
import type { startMosaic } from "./start-app.ts";

type App = ReturnType<typeof startMosaic>;

export type User = {
  browser: Browser;
  convex<T>(kind: "query" | "mutation", name: string, args: object): Promise<T>;
};

/** Signs in a new user. */
export async function signInReporter(app: App): Promise<User> {
  const browser = app.browser();
  await signIn(browser, app.person());
  const { token } = jsonOf<{ token: string }>(await browser.token());
  return {
    browser,
    convex: async <T>(kind: "query" | "mutation", name: string, args: object) =>
      ((await (await app.convex(kind, name, args, token)).json()) as { value: T }).value,
  };
}

type Agent = { agent: string; state: string | null; message: string | null; metrics: { value: number }[] };

/** Creates a project with an API key, and returns functions that send with it. */
export async function createReportingProject(app: App, { convex }: User, name = "Engine") {
  const id = await convex<string>("mutation", "projects:create", { name });
  const { key } = await convex<{ key: string }>("mutation", "projectKeys:create", {
    projectId: id,
    name: "K",
  });
  const authorization = `Bearer ${key}`;
  const post = (path: string, json: unknown, headers: Record<string, string> = {}) =>
    app.browser().post(path, { headers: { authorization, ...headers }, json });
  return {
    id,
    authorization,
    post,
    send: (json: unknown, headers: Record<string, string> = {}) => post("/api/v1/metrics", json, headers),
    agents: () => convex<Agent[]>("query", "agents:list", { projectId: id }),
  };
}

/** Checks a rejection: its status, its code, and a message that says what to do. */
export function expectRejection(answer: Answer, status: number, error: string, rest: object = {}): void {
  expect(answer.status, answer.text).toBe(status);
  expect(jsonOf(answer)).toEqual({ error, message: expect.stringMatching(/\w{3,}.*\.$/), ...rest });
  expect(answer.headers.get("Cache-Control")).toContain("no-store");
  expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
}
