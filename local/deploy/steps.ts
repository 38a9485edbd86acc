/** The steps of a deployment in order. All are idempotent: run the deploy again after a failure. */
import { join } from "node:path";
import { examine } from "../doctor/examine.ts";
import { fingerprintHere } from "../doctor/functions-here.ts";
import { asText, type CheckName } from "../doctor/report.ts";
import { ensureBuild } from "../launch/build.ts";
import type { Environment } from "./asked.ts";
import { BUILT_CONFIG, fillInNamespaces, problemsOfBuild } from "./built.ts";
import type { Tools } from "./command.ts";
import { untilLive } from "./live.ts";
import { goingTo } from "./names.ts";
import { workerName } from "./preview.ts";
import { type Settings, subjectFor } from "./settings.ts";

/** The reason why a step stopped the deployment; the message is for the user. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

export type Deployment = {
  root: string;
  environment: Environment;
  /** The name of the preview; null for the environment itself. */
  preview: string | null;
  settings: Settings;
  tools: Tools;
  say(line: string): void;
  signal: AbortSignal;
  /** The version of the worker, once wrangler has reported it. */
  version: string | null;
};

export type Step = {
  title: string;
  /** Whether the step changes anything in the cloud. */
  changes: boolean;
  /** Whether the step needs neither an account nor a network. */
  dry: boolean;
  run(deployment: Deployment): Promise<void>;
};

const CONVEX = join("node_modules", "convex", "bin", "main.js");
const WRANGLER = join("node_modules", "wrangler", "bin", "wrangler.js");
/** Time limit in ms: Convex's CLI retries forever if the deployment does not exist. */
const VARIABLES_MS = 60_000;
const PUSH = [CONVEX, "deploy", "--typecheck", "disable", "--codegen", "disable"];
const TSC = join("node_modules", "typescript", "bin", "tsc");

/** The checks that can pass before the first deploy, without functions, webhook and shared edge secret. */
const BEFORE: CheckName[] = [
  "environment",
  "cookie-password",
  "app-url",
  "workos-api-key",
  "workos-client",
  "redirect-uri",
  "convex-url",
];

const CHECKS_FIRST: Step[] = [
  {
    title: "Look at WorkOS and Convex, as far as they can be right before a first deploy",
    changes: false,
    dry: false,
    run: (deployment) =>
      runDoctor(
        deployment,
        BEFORE.filter((name) => deployment.preview === null || name !== "convex-url"),
      ),
  },
  {
    title: "Typecheck Convex's functions",
    changes: false,
    dry: true,
    // One checker: by default four threads check much of the project more than once.
    run: async ({ tools }) => void (await tools.run([TSC, "-p", "convex", "--checkers", "1"])),
  },
  {
    title: "Build the worker and its assets for this environment",
    changes: false,
    dry: true,
    async run({ root, environment, signal, say }) {
      process.env.CLOUDFLARE_ENV = environment;
      await ensureBuild({ root, always: true, signal, log: say });
      // Needed only for the build: wrangler deploy would look for this environment in the built
      // configuration, which has none.
      delete process.env.CLOUDFLARE_ENV;
      const problems = await problemsOfBuild(root, environment);
      if (problems.length > 0) throw new StoppedError(problems.join("\n"));
    },
  },
  {
    title: "Let wrangler look at the bundle (wrangler deploy --dry-run)",
    changes: false,
    dry: true,
    run: async ({ tools }) =>
      void (await tools.run([WRANGLER, "deploy", "--config", BUILT_CONFIG, "--dry-run"])),
  },
];

const CONVEX_OF_ENVIRONMENT: Step[] = [
  {
    title: `Set Convex's variables: ${goingTo("Convex variable").join(", ")}`,
    changes: true,
    dry: false,
    run: (deployment) => setConvexVariables(deployment, goingTo("Convex variable")),
  },
  {
    title: "Push Convex's functions, schema and crons (convex deploy)",
    changes: true,
    dry: false,
    run: async ({ tools, settings }) => void (await tools.run(PUSH, convexAccess(settings))),
  },
];

const CONVEX_OF_PREVIEW: Step[] = [
  {
    title: "Create or reuse the preview's Convex deployment, set its variables, and push (convex deploy)",
    changes: true,
    dry: false,
    run: pushToPreview,
  },
];

const REST: Step[] = [
  {
    title: "Note in Convex which sources its functions are made from: FUNCTIONS_FINGERPRINT",
    changes: true,
    dry: false,
    async run(deployment) {
      deployment.settings.FUNCTIONS_FINGERPRINT = await fingerprintHere(join(deployment.root, "convex"));
      await setConvexVariables(deployment, ["FUNCTIONS_FINGERPRINT"]);
    },
  },
  {
    title: `Deploy the worker with its secrets: ${goingTo("worker secret").join(", ")}`,
    changes: true,
    dry: false,
    run: deployWorker,
  },
  {
    title: "Wait until the new version answers at APP_URL",
    changes: false,
    dry: false,
    run: ({ settings, version, signal }) => untilLive(settings.APP_URL ?? "", version, signal),
  },
  {
    title: "Let the doctor look at all that is live now",
    changes: false,
    dry: false,
    run: (deployment) => runDoctor(deployment),
  },
];

/**
 * Returns the steps of a deployment.
 *
 * @param preview - The name of the preview; null for the environment itself.
 */
export function stepsOf(preview: string | null): readonly Step[] {
  return [...CHECKS_FIRST, ...(preview === null ? CONVEX_OF_ENVIRONMENT : CONVEX_OF_PREVIEW), ...REST];
}

async function runDoctor({ settings, environment, say }: Deployment, only?: CheckName[]): Promise<void> {
  const results = await examine(subjectFor(settings, environment), only);
  for (const line of asText(results).trimEnd().split("\n")) say(line);
  const failed = results.filter(({ status }) => status === "fail").map(({ name }) => name);
  if (failed.length > 0) throw new StoppedError(`The doctor is not content: ${failed.join(", ")}.`);
}

/**
 * Returns the variables that select the deployment for Convex's CLI. The deploy key has precedence over a
 * `.env.local`.
 */
function convexAccess(settings: Settings): Record<string, string> {
  const { CONVEX_DEPLOY_KEY = "", CONVEX_SELF_HOSTED_ADMIN_KEY = "", CONVEX_URL = "" } = settings;
  if (CONVEX_DEPLOY_KEY !== "") return { CONVEX_DEPLOY_KEY };
  return { CONVEX_SELF_HOSTED_URL: CONVEX_URL, CONVEX_SELF_HOSTED_ADMIN_KEY };
}

async function setConvexVariables(deployment: Deployment, names: readonly string[]): Promise<void> {
  const { tools, settings } = deployment;
  await withVariables(deployment, names, (set) => tools.run(set, convexAccess(settings), VARIABLES_MS));
}

/** Runs `use` with the command that sets these variables in Convex. */
function withVariables<T>(
  { tools, settings, preview }: Deployment,
  names: readonly string[],
  use: (set: string[]) => Promise<T>,
): Promise<T> {
  const lines = names.map((name) => `${name}=${quoted(settings[name] ?? "")}\n`);
  const target = preview === null ? [] : ["--preview-name", preview];
  // In a file, because all users of the machine can read arguments.
  return tools.withFile("convex.env", lines.join(""), (file) =>
    use([CONVEX, "env", "set", "--from-file", file, "--force", ...target]),
  );
}

/**
 * Creates the preview's Convex deployment if there is none, and pushes to it. Convex runs `--cmd` between the two, so
 * the variables that `convex/auth.config.ts` reads are set before the first push.
 */
async function pushToPreview(deployment: Deployment): Promise<void> {
  const { tools, settings, preview } = deployment;
  const printed = await withVariables(deployment, goingTo("Convex variable"), (set) => {
    const command = [process.execPath, ...set].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    return tools.run([...PUSH, "--preview-name", preview ?? "", "--cmd", command], convexAccess(settings));
  });
  const url = /Deployed Convex functions to (https:\/\/\S+)/.exec(printed)?.[1];
  if (url === undefined)
    throw new StoppedError("The output of convex deploy has no address of the preview deployment.");
  settings.CONVEX_URL = url;
}

/**
 * Returns a quoted value for the env file of Convex's CLI. The format has no escapes, so the quotes must not
 * occur in the value.
 */
function quoted(value: string): string {
  const mark = ["'", '"', "`"].find((candidate) => !value.includes(candidate));
  if (mark === undefined)
    throw new StoppedError("A value with every kind of quote in it cannot be passed to Convex.");
  return mark + value + mark;
}

/** Time limit for one request to Cloudflare, in ms. */
const LIST_MS = 90_000;

async function deployWorker(deployment: Deployment): Promise<void> {
  const { tools, settings, environment, preview } = deployment;
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, settings[name] ?? ""]));
  const variables = Object.entries(pick(goingTo("worker variable")))
    .filter(([, value]) => value !== "")
    .flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const { hostname } = new URL(settings.APP_URL ?? "");
  // A custom domain is attached to the worker here; a workers.dev address belongs to it already.
  const domain = hostname.endsWith(".workers.dev") ? [] : ["--domain", hostname];
  const secrets = JSON.stringify(pick(goingTo("worker secret")));
  const { CLOUDFLARE_API_TOKEN = "", CLOUDFLARE_ACCOUNT_ID = "" } = settings;
  const access = { CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID };
  // Wrangler creates the namespace before it uploads the worker, and would not find it again after a failed
  // upload.
  const listed = await tools.run(
    [WRANGLER, "kv", "namespace", "list", "--config", BUILT_CONFIG],
    access,
    LIST_MS,
  );
  const absent = fillInNamespaces(deployment.root, listed);
  if (preview !== null && absent.length > 0) {
    throw new StoppedError(
      `Deploy to staging first: previews share its KV namespace (${absent.join(", ")}).`,
    );
  }
  const name = preview === null ? [] : ["--name", workerName(environment, preview)];
  const printed = await tools.withFile("secrets.json", secrets, (file) =>
    tools.run(
      [
        WRANGLER,
        "deploy",
        "--config",
        BUILT_CONFIG,
        ...name,
        "--secrets-file",
        file,
        ...variables,
        ...domain,
      ],
      access,
    ),
  );
  deployment.version = /Current Version ID:\s*([0-9a-f-]{36})/.exec(printed)?.[1] ?? null;
}
