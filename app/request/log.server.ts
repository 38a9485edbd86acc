/** The log: one JSON object per line on stdout, scrubbed of secrets and line breaks. */

import { scrub } from "./scrub.server.ts";

type Level = "info" | "warn" | "error";
type Fields = Record<string, string | number | boolean | null | undefined>;

/** Writes log lines with one request's id. */
export type Log = {
  readonly requestId: string;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
};

/** Returns log fields for a thrown value, scrubbed of secrets. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: scrub(String(error)) };
  return { error: error.name, message: scrub(error.message), stack: scrub(error.stack ?? "") };
}

/** Characters that JSON does not escape but some log readers treat as line breaks. */
const LINE_ENDS = /[\u007f-\u009f\u2028\u2029]/g;

const escapeCharacter = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Returns a log for one request. */
export function createLog(requestId: string): Log {
  const write = (level: Level) => (event: string, fields?: Fields) => {
    const line: Fields = { level, event, requestId };
    for (const [name, value] of Object.entries(fields ?? {})) {
      if (value !== undefined) line[name] = typeof value === "string" ? scrub(value) : value;
    }
    // Always console.log, because wrangler decorates console.error and hides levels.
    console.log(JSON.stringify(line).replace(LINE_ENDS, escapeCharacter));
  };
  return { requestId, info: write("info"), warn: write("warn"), error: write("error") };
}
