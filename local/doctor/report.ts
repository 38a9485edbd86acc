/** What the doctor says of each check, for people and for programs. */

export type Status = "ok" | "warn" | "fail";

export type Finding = {
  status: Status;
  /** What was seen, in one line; never a secret. */
  detail: string;
  /** What to do about it, and where; empty where there is nothing to do. */
  fix: string;
};

/** The checks, in the order in which they are told. */
export const CHECKS = [
  "environment",
  "cookie-password",
  "app-url",
  "workos-api-key",
  "workos-client",
  "redirect-uri",
  "convex-url",
  "convex-functions",
  "convex-auth",
  "edge-secret",
  "webhook",
] as const;

export type CheckName = (typeof CHECKS)[number];

export type CheckResult = { name: CheckName } & Finding;

export const ok = (detail: string): Finding => ({ status: "ok", detail, fix: "" });
export const warn = (detail: string, fix: string): Finding => ({ status: "warn", detail, fix });
export const fail = (detail: string, fix: string): Finding => ({ status: "fail", detail, fix });

/** What an earlier failure hides is never `ok`. */
export const notChecked = (reason: string): Finding =>
  warn(`not checked: ${reason}`, "Mend that first, then run the doctor again.");

/** One line for each check, then the count. */
export function asText(results: readonly CheckResult[]): string {
  const lines = results.map(({ name, status, detail, fix }) => {
    const line = `${status.padEnd(4)}  ${name.padEnd(16)}  ${detail}${fix && ` -> ${fix}`}`;
    return line.replaceAll(/\s*[\r\n]+\s*/g, " ");
  });
  const count = (status: Status) => results.filter((result) => result.status === status).length;
  return [...lines, `${count("ok")} ok, ${count("warn")} warn, ${count("fail")} fail`, ""].join("\n");
}

export function asJson(results: readonly CheckResult[]): string {
  return `${JSON.stringify(results, ["name", "status", "detail", "fix"], 2)}\n`;
}
