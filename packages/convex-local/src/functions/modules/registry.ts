/** The functions of one build, loaded into this thread: what there is under which name, and what each takes and gives. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ValidatorJSON } from "convex/values";
import type { AuthProvider } from "../../backend.ts";
import { CallRefused } from "../execution/call-errors.ts";
import { noteLoading, setComponentEnvironments } from "../isolate/component-env.ts";
import type { Build, ComponentBuild } from "./bundle.ts";
import type { FunctionAddress } from "./function-address.ts";

export type RegisteredKind = "query" | "mutation" | "action";

/** What the published package's builders hang on a registered function. */
type Exported = {
  isQuery?: boolean;
  isMutation?: boolean;
  isAction?: boolean;
  isInternal?: boolean;
  exportArgs?: () => string;
  exportReturns?: () => string;
  invokeQuery?: (args: string) => Promise<string>;
  invokeMutation?: (args: string) => Promise<string>;
  invokeAction?: (requestId: string, args: string) => Promise<string>;
};

export type HttpHandler = { invokeHttpAction(request: Request): Promise<Response> };
export type Router = { lookup(path: string, method: string): readonly [HttpHandler, string, string] | null };

export type RegisteredFunction = FunctionAddress & {
  kind: RegisteredKind;
  internal: boolean;
  args: ValidatorJSON;
  returns: ValidatorJSON | null;
  invoke(requestId: string, args: string): Promise<string>;
};

export type TableSchema = {
  tableName: string;
  indexes: { indexDescriptor: string; fields: string[] }[];
  searchIndexes: { indexDescriptor: string; searchField: string; filterFields: string[] }[];
  documentType: ValidatorJSON;
};
export type Schema = { tables: TableSchema[]; schemaValidation: boolean };

export type CronSpec = { name: string; args: unknown[]; schedule: CronSchedule };
export type CronSchedule =
  | { type: "interval"; seconds?: number; minutes?: number; hours?: number }
  | { type: "hourly"; minuteUTC: number }
  | { type: "daily"; hourUTC: number; minuteUTC: number }
  | { type: "weekly"; dayOfWeek: string; hourUTC: number; minuteUTC: number }
  | { type: "monthly"; day: number; hourUTC: number; minuteUTC: number }
  | { type: "cron"; cron: string };

type LoadedComponent = ComponentBuild & {
  functions: Map<string, RegisteredFunction>;
  /** Modules for Node, which only the actions' thread loads: known here by name. */
  elsewhere: Set<string>;
  router: Router | null;
  crons: Record<string, CronSpec>;
  schemaJson: Schema | null;
};

export class Registry {
  readonly #components: Map<string, LoadedComponent>;
  readonly providers: AuthProvider[];

  private constructor(components: Map<string, LoadedComponent>, providers: AuthProvider[]) {
    this.#components = components;
    this.providers = providers;
  }

  /** @param node whether modules for Node are loaded too @throws what a module throws while it is loaded */
  static async load(build: Build, node: boolean): Promise<Registry> {
    const components = new Map<string, LoadedComponent>();
    setComponentEnvironments(new Map(build.components.map(({ path, env }) => [path, env ?? {}])));
    let providers: AuthProvider[] = [];
    for (const component of build.components) {
      noteLoading(component.path);
      const loaded = await loadComponent(build.dir, component, node);
      components.set(component.path, loaded);
      if (component.path === "" && component.authConfig)
        providers = await loadProviders(build.dir, component.authConfig);
    }
    noteLoading("");
    return new Registry(components, providers);
  }

  components(): Iterable<LoadedComponent> {
    return this.#components.values();
  }

  component(path: string): LoadedComponent | undefined {
    return this.#components.get(path);
  }

  /** The function of this name; null where only the actions' thread can know whether it exists. */
  find({ component, path }: FunctionAddress, what = "function"): RegisteredFunction | null {
    const loaded = this.#components.get(component);
    const found = loaded?.functions.get(path);
    if (found) return found;
    if (loaded?.elsewhere.has(path.slice(0, path.lastIndexOf(":")))) return null;
    throw missing(path, component, what);
  }

  /**
   * The function that a call names.
   * @throws CallRefused when there is none, it is internal and the caller is not, or it is of another kind
   */
  resolve(address: FunctionAddress, caller: "public" | "internal", kind: RegisteredKind): RegisteredFunction {
    const what = caller === "public" ? "public function" : "function";
    const found = this.find(address, what);
    if (found === null) {
      throw new CallRefused(
        "wrong_kind",
        `Trying to execute ${address.path} as ${withArticle(kind)}, but it is in a module for Node, which holds actions only.`,
      );
    }
    if (found.internal && caller === "public") throw missing(address.path, "", what);
    if (found.kind !== kind) {
      throw new CallRefused(
        "wrong_kind",
        `Trying to execute ${address.path} as ${withArticle(kind)}, but it is defined as ${withArticle(found.kind)}.`,
      );
    }
    return found;
  }
}

function withArticle(kind: RegisteredKind): string {
  return kind === "action" ? "an Action" : kind === "query" ? "a Query" : "a Mutation";
}

function missing(path: string, component: string, what: string): CallRefused {
  const where = component === "" ? "" : ` in component "${component}"`;
  return new CallRefused(
    "function_not_found",
    `Could not find ${what} for '${path}'${where}. Did you forget to run \`npx convex dev\` or \`npx convex deploy\`?`,
  );
}

async function importFile(dir: string, file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(join(dir, file)).href)) as Record<string, unknown>;
}

async function loadComponent(
  dir: string,
  component: ComponentBuild,
  node: boolean,
): Promise<LoadedComponent> {
  const functions = new Map<string, RegisteredFunction>();
  const elsewhere = new Set<string>();
  let router: Router | null = null;
  let crons: Record<string, CronSpec> = {};
  for (const { name, file, node: isNode } of component.modules) {
    if (isNode && !node) {
      elsewhere.add(name);
      continue;
    }
    const module = await importModule(dir, file, name);
    for (const [exported, value] of Object.entries(module)) {
      const path = `${name}:${exported}`;
      const registered = register(component.path, path, value);
      if (!registered) continue;
      if (isNode && registered.kind !== "action") {
        throw new Error(
          `${path} is ${withArticle(registered.kind)}, but its file says "use node": only actions may run in Node.`,
        );
      }
      functions.set(path, registered);
    }
    if (name === "http") router = routerOf(module.default);
    if (name === "crons") crons = cronsOf(module.default);
  }
  return {
    ...component,
    functions,
    elsewhere,
    router,
    crons,
    schemaJson: component.schema ? await loadSchema(dir, component.schema) : null,
  };
}

async function importModule(dir: string, file: string, name: string): Promise<Record<string, unknown>> {
  try {
    return await importFile(dir, file);
  } catch (error) {
    throw new Error(
      `${name} could not be loaded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

function register(component: string, path: string, value: unknown): RegisteredFunction | null {
  if (value === null || (typeof value !== "function" && typeof value !== "object")) return null;
  const exported = value as Exported;
  const kind = exported.isQuery
    ? "query"
    : exported.isMutation
      ? "mutation"
      : exported.isAction
        ? "action"
        : null;
  if (kind === null) return null;
  return {
    component,
    path,
    kind,
    internal: exported.isInternal === true,
    args: JSON.parse(exported.exportArgs?.() ?? '{"type":"any"}') as ValidatorJSON,
    returns: JSON.parse(exported.exportReturns?.() ?? "null") as ValidatorJSON | null,
    invoke: async (requestId, args) => {
      if (exported.invokeQuery) return exported.invokeQuery(args);
      if (exported.invokeMutation) return exported.invokeMutation(args);
      if (exported.invokeAction) return exported.invokeAction(requestId, args);
      throw new Error(`${path} cannot be invoked`);
    },
  };
}

function routerOf(value: unknown): Router | null {
  const router = value as (Router & { isRouter?: boolean }) | null | undefined;
  if (router?.isRouter !== true) throw new Error("http.ts must have an httpRouter() as its default export.");
  return router;
}

function cronsOf(value: unknown): Record<string, CronSpec> {
  const crons = value as { isCrons?: boolean; crons: Record<string, CronSpec> } | null | undefined;
  if (crons?.isCrons !== true) throw new Error("crons.ts must have cronJobs() as its default export.");
  return crons.crons;
}

async function loadSchema(dir: string, file: string): Promise<Schema> {
  const { default: schema } = (await importModule(dir, file, "schema")) as {
    default?: { export?: () => string };
  };
  if (typeof schema?.export !== "function")
    throw new Error("schema.ts must have defineSchema() as its default export.");
  return JSON.parse(schema.export()) as Schema;
}

async function loadProviders(dir: string, file: string): Promise<AuthProvider[]> {
  const { default: config } = (await importModule(dir, file, "auth.config")) as {
    default?: { providers?: AuthProvider[] };
  };
  if (!Array.isArray(config?.providers))
    throw new Error("auth.config.ts must have { providers: [...] } as its default export.");
  return JSON.parse(JSON.stringify(config.providers)) as AuthProvider[];
}
