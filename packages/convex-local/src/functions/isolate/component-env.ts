/**
 * `process.env` as each component sees it: the app its own variables, a component those that it was installed with, and
 * everyone the addresses of the deployment. Modules keep `process.env` itself, so the choice is made at each look.
 */
import { callStorage } from "../execution/call-context.ts";

export type Environment = { [name: string]: string | undefined };

const PLATFORM = new Set(["CONVEX_CLOUD_URL", "CONVEX_SITE_URL", "CONVEX_URL"]);

let environments = new Map<string, Environment>();
let loading = "";

/** @param byComponent variables of every component but the app */
export function setComponentEnvironments(byComponent: Map<string, Environment>): void {
  environments = byComponent;
}

/** Modules of this component are being loaded: what they read at once is theirs. */
export function noteLoading(component: string): void {
  loading = component;
}

export function installEnvironment(): void {
  const app = process.env as Environment;
  if (app.CONVEX_URL !== undefined) app.CONVEX_CLOUD_URL ??= app.CONVEX_URL;
  const of = (name: string): string | undefined => {
    const component = callStorage.getStore()?.component ?? loading;
    return component === "" || PLATFORM.has(name) ? app[name] : environments.get(component)?.[name];
  };
  process.env = new Proxy(app, {
    get: (target, name) => (typeof name === "string" ? of(name) : Reflect.get(target, name)),
    has: (_target, name) => typeof name === "string" && of(name) !== undefined,
    ownKeys: (target) =>
      Reflect.ownKeys(target).filter((name) => typeof name === "string" && of(name) !== undefined),
  }) as NodeJS.ProcessEnv;
}
