/**
 * Check of the build before a deploy: wrangler would deploy a production build as staging without a warning.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./asked.ts";
import { WORKERS } from "./preview.ts";

/** Path of the built configuration, which wrangler deploys. */
export const BUILT_CONFIG = join("build", "server", "wrangler.json");

type Binding = { binding?: string; name?: string; id?: string };

type BuiltConfig = {
  name?: string;
  targetEnvironment?: string;
  durable_objects?: { bindings?: Binding[] };
  kv_namespaces?: Binding[];
  ratelimits?: Binding[];
  migrations?: unknown[];
  assets?: { binding?: string };
  version_metadata?: { binding?: string };
};

/** Returns the problems of the build as sentences; an empty list if it is right for the environment. */
export async function problemsOfBuild(root: string, environment: Environment): Promise<string[]> {
  // Loaded only here: it takes seconds, and an invalid command should fail at once.
  const { unstable_readConfig } = await import("wrangler");
  const built: BuiltConfig = JSON.parse(readFileSync(join(root, BUILT_CONFIG), "utf8"));
  const problems: string[] = [];
  if (built.targetEnvironment !== environment) {
    const what = built.targetEnvironment ? `for ${built.targetEnvironment}` : "for this machine";
    problems.push(`What is in build/ was built ${what}, and ${environment} was asked for.`);
  } else if (built.name !== WORKERS[environment]) {
    problems.push(`wrangler.toml calls ${environment}'s worker otherwise than ${WORKERS[environment]}.`);
  }
  const there = bindingsOf(built);
  const local = unstable_readConfig({ config: join(root, "wrangler.toml") }, { hideWarnings: true });
  const absent = bindingsOf(local as BuiltConfig).filter((name) => !there.includes(name));
  if (absent.length > 0) problems.push(`In wrangler.toml ${environment} has no ${absent.join(", ")}.`);
  if ((built.migrations ?? []).length === 0)
    problems.push(`In wrangler.toml ${environment} has no migrations for its Durable Object.`);
  return problems;
}

/** Returns the names of the worker's bindings. */
function bindingsOf(config: BuiltConfig): (string | undefined)[] {
  return [
    ...(config.durable_objects?.bindings ?? []),
    ...(config.kv_namespaces ?? []),
    ...(config.ratelimits ?? []),
    ...(config.assets ? [config.assets] : []),
    ...(config.version_metadata ? [config.version_metadata] : []),
  ].map(({ binding, name }: Binding) => binding ?? name);
}

/** The list in wrangler's output. A warning before it may contain brackets too, but never alone on a line. */
const LIST = /^\[(?:\]|\n[\s\S]*?^\])$/m;

/**
 * Writes the ids of the environment's existing KV namespaces into the built configuration.
 *
 * @param root - The checkout.
 * @param listed - The output of `wrangler kv namespace list`: JSON, possibly with text around it.
 * @returns The bindings without a namespace.
 */
export function fillInNamespaces(root: string, listed: string): string[] {
  const there: { id: string; title: string }[] = JSON.parse(LIST.exec(listed)?.[0] ?? "[]");
  const file = join(root, BUILT_CONFIG);
  const built: BuiltConfig = JSON.parse(readFileSync(file, "utf8"));
  for (const namespace of built.kv_namespaces ?? []) {
    // The name that wrangler gives a namespace that it creates.
    const title = `${built.name}-${namespace.binding?.toLowerCase().replaceAll("_", "-")}`;
    const known = there.find((one) => one.title === title);
    if (namespace.id === undefined && known) namespace.id = known.id;
  }
  writeFileSync(file, JSON.stringify(built));
  return (built.kv_namespaces ?? []).flatMap(({ id, binding = "" }) => (id === undefined ? [binding] : []));
}
