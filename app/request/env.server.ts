/** Reads and validates the configuration, for the worker, the launcher and the doctor. */
import * as v from "valibot";
import { asciiDomain, type EntryRule, emailDomainsIn } from "../../convex/model/entryRule.ts";
import { acceptedIssuers, issuersIn } from "../../convex/model/issuers.ts";
import type { ReadBy } from "./variables.ts";

/** The validated configuration. */
export type Env = {
  workosApiKey: string;
  workosClientId: string;
  /** Passwords by numeric id. The highest id seals; every password opens. */
  cookiePasswords: Record<string, string>;
  redirectUri: string;
  workosApiUrl: string;
  /** Accepted values of `iss` in access tokens. */
  issuers: readonly string[];
  convexUrl: string;
  /** Proves to Convex that a call comes from the worker: the newest secret. */
  edgeSecret: string;
  appUrl: string;
  /** Who may enter. */
  entryRule: EntryRule;
  /** E-mail or https URL for users who may not enter; null if there is none. */
  accessContact: string | null;
  sentryDsn: string | null;
  // agents:start
  /** Allows an outside monitor to ask whether alerts are evaluated. */
  healthSecret: string | null;
  // agents:end
  cookiePrefix: "" | "__Host-";
  /** True if APP_URL is https: cookies get `Secure`, responses get HSTS. */
  secure: boolean;
};

/** Returns the secret with the highest id, which is used for new calls. */
function newestOf(secrets: Record<string, string>): string {
  const [newest] = Object.entries(secrets).sort(([a], [b]) => Number(b) - Number(a));
  return newest?.[1] ?? "";
}

/** Lists all problems of a configuration by variable name, without values. */
export class EnvError extends Error {
  override readonly name = "EnvError";
  readonly problems: readonly EnvProblem[];

  constructor(problems: readonly EnvProblem[]) {
    super(`The configuration is not usable:\n${problems.map((p) => `  ${p.name} ${p.message}`).join("\n")}`);
    this.problems = problems;
  }
}

export type EnvProblem = { name: string; message: string };

const LOOPBACK = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Returns whether a host name, as in `URL.hostname`, is a loopback address. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

const SECRET_LENGTH = 32;

function parseUrl(value: string): URL | null {
  try {
    return new URL(value);
  } catch {
    return null;
  }
}

const isHttp = (value: string) => /^https?:$/.test(parseUrl(value)?.protocol ?? "");

const isSafeTransport = (value: string) => {
  const url = parseUrl(value);
  return url === null || url.protocol !== "http:" || isLoopback(url.hostname);
};

/** Returns whether a value is a list of issuers. RFC 8414, section 2: https, without query and fragment. */
const areIssuers = (value: string) =>
  value.split(",").every((part) => {
    const [issuer, ...others] = issuersIn(part);
    const isBare = issuer !== undefined && others.length === 0 && !/[?#@\s]/.test(issuer);
    return isBare && isHttp(issuer) && isSafeTransport(issuer);
  });

const isOrigin = (value: string) => parseUrl(value)?.origin === value;

const required = v.pipe(v.string("is missing"), v.nonEmpty("is missing"));

const trimmed = v.check<string, string>(
  (value) => value === value.trim() && !/^["'].*["']$/.test(value),
  "has a space or quotes around it: give the bare value",
);

const origin = (example: string) =>
  v.pipe(
    required,
    trimmed,
    v.check(isHttp, `must be an address such as ${example}`),
    v.check(isOrigin, `must be an origin without a path or a slash at the end, such as ${example}`),
    v.check(isSafeTransport, "must be https: http is only for this machine's own addresses"),
  );

const secretMap = v.pipe(
  required,
  trimmed,
  v.rawTransform<string, Record<string, string>>(({ dataset, addIssue, NEVER }) => {
    const text = dataset.value;
    const fail = (message: string) => {
      addIssue({ message });
      return NEVER;
    };
    if (!text.trimStart().startsWith("{")) {
      return text.length >= SECRET_LENGTH
        ? { 1: text }
        : fail(`must have at least ${SECRET_LENGTH} characters`);
    }
    let map: unknown;
    try {
      map = JSON.parse(text);
    } catch {
      return fail('must be a secret, or JSON such as {"2":"new","1":"old"}');
    }
    const entries = Object.entries(map as object);
    if (entries.length === 0) return fail("is a map without a secret");
    if (entries.some(([id]) => !/^(0|[1-9]\d{0,8})$/.test(id))) return fail("has a key that is no number");
    if (entries.some(([, secret]) => typeof secret !== "string" || secret.length < SECRET_LENGTH)) {
      return fail(`has a secret with fewer than ${SECRET_LENGTH} characters`);
    }
    return Object.fromEntries(entries) as Record<string, string>;
  }),
);

/** Format of WorkOS's organization ids: https://workos.com/docs/reference/organization */
export const ORGANIZATION_ID = /^org_[\w-]{1,100}$/;

const areDomains = (list: string) => list.split(",").every((entry) => asciiDomain(entry.trim()) !== null);

const isContact = (value: string) =>
  /^[^\s@]+@[^\s@]+$/.test(value) || parseUrl(value)?.protocol === "https:";

const dsn = v.check<string, string>((value) => {
  const url = parseUrl(value);
  return url !== null && isHttp(value) && url.username !== "" && /\/\d+$/.test(url.pathname);
}, "must look like https://KEY@HOST/PROJECT");

const schema = v.object({
  WORKOS_API_KEY: v.pipe(required, trimmed, v.startsWith("sk_", "must start with sk_")),
  WORKOS_CLIENT_ID: v.pipe(required, trimmed, v.startsWith("client_", "must start with client_")),
  WORKOS_COOKIE_PASSWORD: secretMap,
  WORKOS_REDIRECT_URI: v.optional(
    v.pipe(
      v.string(),
      trimmed,
      v.check(isHttp, "must be an address such as https://app.example.com/callback"),
      v.check(isSafeTransport, "must be https: http is only for this machine's own addresses"),
    ),
  ),
  WORKOS_API_URL: v.optional(origin("https://api.workos.com"), "https://api.workos.com"),
  WORKOS_ISSUER: v.optional(
    v.pipe(
      v.string(),
      trimmed,
      v.check(
        areIssuers,
        "must be https addresses with commas between them, such as https://auth.example.com",
      ),
    ),
  ),
  CONVEX_URL: origin("https://happy-animal-123.convex.cloud"),
  CONVEX_EDGE_SECRET: secretMap,
  APP_URL: origin("https://app.example.com"),
  WORKOS_ORGANIZATION_ID: v.optional(
    v.pipe(v.string(), trimmed, v.regex(ORGANIZATION_ID, "must be the id of an organization, org_…")),
  ),
  ALLOWED_EMAIL_DOMAINS: v.optional(
    v.pipe(
      v.string(),
      trimmed,
      v.check(areDomains, "must be domains with commas between them, such as example.com,example.org"),
    ),
  ),
  ACCESS_CONTACT: v.optional(
    v.pipe(v.string(), trimmed, v.check(isContact, "must be an e-mail address or an https address")),
  ),
  SENTRY_DSN: v.optional(
    v.pipe(
      v.string(),
      trimmed,
      dsn,
      v.check(isSafeTransport, "must be https: http is only for this machine's own addresses"),
    ),
  ),
  // agents:start
  HEALTH_SECRET: v.optional(
    v.pipe(v.string(), trimmed, v.minLength(SECRET_LENGTH, `must have at least ${SECRET_LENGTH} characters`)),
  ),
  // agents:end
  COOKIE_PREFIX: v.optional(v.picklist(["__Host-"], "must be __Host- or empty"), undefined),
} satisfies Record<ReadBy<"worker">, v.GenericSchema>);

/**
 * Reads and validates a configuration.
 *
 * @param record - Variables from the process environment or the worker's bindings. An empty value counts as
 *   absent, because wrangler's `[vars]` must name optional variables.
 * @returns The configuration.
 * @throws {EnvError} when any variable is missing or invalid; lists all problems.
 */
export function readEnv(record: Record<string, unknown>): Env {
  const given = Object.fromEntries(
    Object.keys(schema.entries)
      .map((name) => [name, record[name]] as const)
      .filter(([, value]) => value !== "" && value !== undefined),
  );
  const result = v.safeParse(schema, given, { abortPipeEarly: true });
  const problems: EnvProblem[] = (result.issues ?? []).map((issue) => {
    const name = String(issue.path?.[0]?.key);
    return { name, message: name in given ? issue.message : "is missing" };
  });
  const appUrl = given.APP_URL;
  if (given.COOKIE_PREFIX === "__Host-" && typeof appUrl === "string" && appUrl.startsWith("http:")) {
    problems.push({ name: "COOKIE_PREFIX", message: "works only where APP_URL is https" });
  }
  if (!result.success || problems.length > 0) throw new EnvError(problems);

  const env = result.output;
  return {
    workosApiKey: env.WORKOS_API_KEY,
    workosClientId: env.WORKOS_CLIENT_ID,
    cookiePasswords: env.WORKOS_COOKIE_PASSWORD,
    redirectUri: env.WORKOS_REDIRECT_URI ?? `${env.APP_URL}/callback`,
    workosApiUrl: env.WORKOS_API_URL,
    issuers: acceptedIssuers(env.WORKOS_API_URL, env.WORKOS_CLIENT_ID, env.WORKOS_ISSUER ?? ""),
    convexUrl: env.CONVEX_URL,
    edgeSecret: newestOf(env.CONVEX_EDGE_SECRET),
    appUrl: env.APP_URL,
    entryRule: {
      organizationId: env.WORKOS_ORGANIZATION_ID ?? null,
      emailDomains: emailDomainsIn(env.ALLOWED_EMAIL_DOMAINS ?? ""),
    },
    accessContact: env.ACCESS_CONTACT ?? null,
    sentryDsn: env.SENTRY_DSN ?? null,
    healthSecret: env.HEALTH_SECRET ?? null, // agents:line
    cookiePrefix: env.COOKIE_PREFIX ?? "",
    secure: env.APP_URL.startsWith("https:"),
  };
}
