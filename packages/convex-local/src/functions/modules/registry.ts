/** The functions of one build, loaded into this thread, with their validators. */
import type { JSONValue, ValidatorJSON } from "convex/values";
import type { AuthProvider } from "../../backend.ts";
import { CallRejectedError } from "../execution/call-errors.ts";
import { noteLoading, setComponentEnvironments } from "../isolate/component-env.ts";
import { noteBuild } from "../isolate/stack-frames.ts";
import { systemFunctions } from "../system/system-functions.ts";
import type { Build, ComponentBuild, ModuleBuild } from "./bundle.ts";
import type { FunctionAddress, FunctionReference } from "./function-address.ts";
import { loadModule } from "./load-module.ts";

export type RegisteredKind = "query" | "mutation" | "action";

/** Properties that the published package's builders set on a registered function. */
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
  /** Whether it is an action in a module for Node. */
  node: boolean;
  args: ValidatorJSON;
  returns: ValidatorJSON | null;
  invoke(requestId: string, args: string): Promise<string>;
};

type Named = { indexDescriptor: string };
export type TableSchema = {
  tableName: string;
  indexes: (Named & { fields: string[] })[];
  searchIndexes: (Named & { searchField: string; filterFields: string[] })[];
  vectorIndexes?: (Named & { vectorField: string; dimensions: number; filterFields: string[] })[];
  stagedDbIndexes?: Named[];
  stagedSearchIndexes?: Named[];
  stagedVectorIndexes?: Named[];
  documentType: ValidatorJSON;
};
export type Schema = { tables: TableSchema[]; schemaValidation: boolean };

export type CronSpec = { name: string; args: JSONValue[]; schedule: CronSchedule };
export type CronSchedule =
  | { type: "interval"; seconds?: number; minutes?: number; hours?: number }
  | { type: "hourly"; minuteUTC: number }
  | { type: "daily"; hourUTC: number; minuteUTC: number }
  | { type: "weekly"; dayOfWeek: string; hourUTC: number; minuteUTC: number }
  | { type: "monthly"; day: number; hourUTC: number; minuteUTC: number }
  | { type: "cron"; cron: string };

type LoadedComponent = ComponentBuild & {
  functions: Map<string, RegisteredFunction>;
  /** Names of modules for Node, if only the actions' thread loads them. */
  elsewhere: Set<string>;
  router: Router | null;
  crons: Record<string, CronSpec>;
  schemaJson: Schema | null;
};

/** Finds functions, schemas, cron jobs and routers. */
export class Registry {
  readonly #components: Map<string, LoadedComponent>;
  readonly #system: ReadonlyMap<string, unknown>;
  readonly providers: AuthProvider[];

  private constructor(components: Map<string, LoadedComponent>, providers: AuthProvider[]) {
    this.#components = components;
    this.#system = systemFunctions(this);
    this.providers = providers;
  }

  /**
   * Loads a build.
   *
   * @param build - The build.
   * @param node - Whether to load modules for Node too.
   * @throws {Error} when a module cannot be loaded.
   */
  static async load(build: Build, node: boolean): Promise<Registry> {
    const components = new Map<string, LoadedComponent>();
    noteBuild(build.dir, build.root);
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

  /** Finds a function. Returns null if only the actions' thread knows whether it exists. */
  find({ component, path }: FunctionAddress, what = "function"): RegisteredFunction | null {
    const loaded = this.#components.get(component);
    const found = loaded?.functions.get(path) ?? this.#systemFunction(component, path);
    if (found) return found;
    if (loaded?.elsewhere.has(path.slice(0, path.lastIndexOf(":")))) return null;
    throw missing(path, component, what);
  }

  /**
   * Finds the function that other code refers to.
   *
   * @returns The function; null if only the actions' thread knows it.
   * @throws {CallRejectedError} when it does not exist, or the component does not export it.
   */
  refer({ exported, ...address }: FunctionReference): RegisteredFunction | null {
    if (!exported) return this.find(address);
    const { component, path } = address;
    const loaded = this.#components.get(component);
    const found = loaded?.functions.get(path);
    if (found?.internal === false) return found;
    throw new CallRejectedError(
      "function_not_found",
      `Child component '${component}' ${loaded ? `does not export ${path}` : "not found"}`,
    );
  }

  /**
   * Finds the function of a call.
   *
   * @throws {CallRejectedError} when it does not exist, is of another kind, or is internal and the caller is not.
   */
  resolve(address: FunctionAddress, caller: "public" | "internal", kind: RegisteredKind): RegisteredFunction {
    const what = caller === "public" ? "public function" : "function";
    const found = this.find(address, what);
    if (found === null) {
      throw new CallRejectedError(
        "wrong_kind",
        `Trying to execute ${address.path} as ${withArticle(kind)}, but it is in a module for Node, which can only contain actions.`,
      );
    }
    if (found.internal && caller === "public") throw missing(address.path, address.component, what);
    if (found.kind !== kind) {
      throw new CallRejectedError(
        "wrong_kind",
        `Trying to execute ${address.path} as ${withArticle(kind)}, but it is defined as ${withArticle(found.kind)}.`,
      );
    }
    return found;
  }

  #systemFunction(component: string, path: string): RegisteredFunction | null {
    const value = this.#components.has(component) ? this.#system.get(path) : undefined;
    return value === undefined ? null : register(component, path, value, false);
  }
}

function withArticle(kind: RegisteredKind): string {
  return kind === "action" ? "an Action" : kind === "query" ? "a Query" : "a Mutation";
}

function missing(path: string, component: string, what: string): CallRejectedError {
  const where = component === "" ? "" : ` in '${component}'`;
  const name = path.endsWith(":default") ? path.slice(0, -":default".length) : path;
  return new CallRejectedError(
    "function_not_found",
    `Could not find ${what} for '${name}'${where}. Did you forget to run \`npx convex dev\`?`,
  );
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
  for (const build of component.modules) {
    const { name, node: isNode } = build;
    if (isNode && !node) {
      elsewhere.add(name);
      continue;
    }
    const module = await importModule<Record<string, unknown>>(dir, build);
    for (const [exported, value] of Object.entries(module)) {
      const path = `${name}:${exported}`;
      const registered = register(component.path, path, value, isNode);
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

async function importModule<Module>(dir: string, module: ModuleBuild): Promise<Module> {
  try {
    return await loadModule<Module>(dir, module);
  } catch (error) {
    throw new Error(
      `${module.name} could not be loaded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

function register(component: string, path: string, value: unknown, node: boolean): RegisteredFunction | null {
  if (!isExported(value)) return null;
  const exported = value;
  const kind = exported.isQuery ? "query" : exported.isMutation ? "mutation" : "action";
  return {
    component,
    path,
    kind,
    internal: exported.isInternal === true,
    node,
    args: JSON.parse(exported.exportArgs?.() ?? '{"type":"any"}'),
    returns: JSON.parse(exported.exportReturns?.() ?? "null"),
    invoke: async (requestId, args) => {
      if (exported.invokeQuery) return exported.invokeQuery(args);
      if (exported.invokeMutation) return exported.invokeMutation(args);
      if (exported.invokeAction) return exported.invokeAction(requestId, args);
      throw new Error(`${path} cannot be called.`);
    },
  };
}

/** The published package marks what its builders return, so the mark is enough to know the type. */
function isExported(value: unknown): value is Exported {
  return hasMark(value, "isQuery") || hasMark(value, "isMutation") || hasMark(value, "isAction");
}

function isRouter(value: unknown): value is Router {
  return hasMark(value, "isRouter");
}

function isCronJobs(value: unknown): value is { crons: Record<string, CronSpec> } {
  return hasMark(value, "isCrons");
}

function hasMark(value: unknown, mark: string): boolean {
  if (value === null || (typeof value !== "function" && typeof value !== "object")) return false;
  return Reflect.get(value, mark) === true;
}

function routerOf(value: unknown): Router {
  if (!isRouter(value)) throw new Error("http.ts must have an httpRouter() as its default export.");
  return value;
}

function cronsOf(value: unknown): Record<string, CronSpec> {
  if (!isCronJobs(value)) throw new Error("crons.ts must have cronJobs() as its default export.");
  return value.crons;
}

async function loadSchema(dir: string, build: ModuleBuild): Promise<Schema> {
  type Module = { default?: { export?: () => string } };
  const { default: schema } = await importModule<Module>(dir, build);
  if (typeof schema?.export !== "function")
    throw new Error("schema.ts must have defineSchema() as its default export.");
  return JSON.parse(schema.export());
}

async function loadProviders(dir: string, build: ModuleBuild): Promise<AuthProvider[]> {
  type Module = { default?: { providers?: AuthProvider[] } };
  const { default: config } = await importModule<Module>(dir, build);
  if (!Array.isArray(config?.providers))
    throw new Error("auth.config.ts must have { providers: [...] } as its default export.");
  return JSON.parse(JSON.stringify(config.providers));
}
