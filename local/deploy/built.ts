/** Whether what was built is what was asked for: wrangler would deploy production's build as staging without a word. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./asked.ts";
import { WORKERS } from "./settings.ts";

/** Where the build puts the configuration that wrangler deploys. */
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

/** @returns what is wrong with the build, in sentences; nothing where it is the right one. */
export async function problemsOfBuild(root: string, environment: Environment): Promise<string[]> {
  // Only here: it takes seconds to load, and a refusal should take none.
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

/** What the worker is given by name. */
function bindingsOf(config: BuiltConfig): (string | undefined)[] {
  return [
    ...(config.durable_objects?.bindings ?? []),
    ...(config.kv_namespaces ?? []),
    ...(config.ratelimits ?? []),
    ...(config.assets ? [config.assets] : []),
    ...(config.version_metadata ? [config.version_metadata] : []),
  ].map(({ binding, name }: Binding) => binding ?? name);
}

/** The list as wrangler prints it; a warning before it may have brackets too, but never alone on a line. */
const LIST = /^\[(?:\]|\n[\s\S]*?^\])$/m;

/**
 * Writes into the build the ids of the KV namespaces that wrangler has made for this worker before.
 *
 * @param listed what `wrangler kv namespace list` prints: JSON, with or without words around it.
 */
export function fillInNamespaces(root: string, listed: string): void {
  const there: { id: string; title: string }[] = JSON.parse(LIST.exec(listed)?.[0] ?? "[]");
  const file = join(root, BUILT_CONFIG);
  const built: BuiltConfig = JSON.parse(readFileSync(file, "utf8"));
  for (const namespace of built.kv_namespaces ?? []) {
    // The name that wrangler gives to what it makes by itself.
    const title = `${built.name}-${namespace.binding?.toLowerCase().replaceAll("_", "-")}`;
    const known = there.find((one) => one.title === title);
    if (namespace.id === undefined && known) namespace.id = known.id;
  }
  writeFileSync(file, JSON.stringify(built));
}
