/** Report of the doctor, as text and as JSON. */

export type Status = "ok" | "warn" | "fail";

export type Finding = {
  status: Status;
  /** What was found, in one line; never a secret. */
  detail: string;
  /** How and where to fix it; empty if there is nothing to do. */
  fix: string;
};

/** The checks, in the order of the report. */
export const CHECKS = [
  "environment",
  "access",
  "cookie-prefix",
  "sign-out-redirect",
  "alert-email", // agents:line
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

/** Returns the finding for a check that an earlier failure prevents; never `ok`. */
export const notChecked = (reason: string): Finding =>
  warn(`not checked: ${reason}`, "Fix that first, then run the doctor again.");

/** Returns the report as text: one line for each check, then the totals. */
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
