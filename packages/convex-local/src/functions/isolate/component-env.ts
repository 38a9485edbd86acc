/**
 * `process.env` of each component: the app sees its variables, a component those that it was installed with, and both
 * the addresses of the deployment. The choice is made at each access, because modules keep a reference to `process.env`.
 */
import { callStorage } from "../execution/call-context.ts";

export type Environment = { [name: string]: string | undefined };

const PLATFORM = new Set(["CONVEX_CLOUD_URL", "CONVEX_SITE_URL", "CONVEX_URL"]);

let environments = new Map<string, Environment>();
let loading = "";
/** The app's variables. `process.env` is a view of them. */
const app: Environment = process.env;

/** Sets the variables of all components except the app. */
export function setComponentEnvironments(byComponent: Map<string, Environment>): void {
  environments = byComponent;
}

/** Sets the component whose modules are being loaded. */
export function noteLoading(component: string): void {
  loading = component;
}

/** Replaces the app's variables. */
export function setAppEnvironment(env: Environment): void {
  for (const name of Object.keys(app)) if (!Object.hasOwn(env, name)) delete app[name];
  Object.assign(app, env);
  addCloudUrl();
}

function addCloudUrl(): void {
  if (app.CONVEX_URL !== undefined) app.CONVEX_CLOUD_URL ??= app.CONVEX_URL;
}

/** Replaces `process.env`. */
export function installEnvironment(): void {
  // For Node, which has read it already.
  delete app.NODE_COMPILE_CACHE;
  addCloudUrl();
  const of = (name: string): string | undefined => {
    const component = callStorage.getStore()?.component ?? loading;
    return component === "" || PLATFORM.has(name) ? app[name] : environments.get(component)?.[name];
  };
  process.env = new Proxy(app, {
    get: (target, name) => (typeof name === "string" ? of(name) : Reflect.get(target, name)),
    has: (_target, name) => typeof name === "string" && of(name) !== undefined,
    ownKeys: (target) =>
      Reflect.ownKeys(target).filter((name) => typeof name === "string" && of(name) !== undefined),
  });
}
