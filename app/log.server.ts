/** The log: one JSON object a line on stdout, and no way for a secret or a second line into it. */

import { scrub } from "./scrub.server.ts";

type Level = "info" | "warn" | "error";
type Fields = Record<string, string | number | boolean | null | undefined>;

/** Writes lines that carry one request's id. */
export type Log = {
  readonly requestId: string;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
};

/** @returns What may be logged of something that was thrown. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: scrub(String(error)) };
  return { error: error.name, message: scrub(error.message), stack: scrub(error.stack ?? "") };
}

/** Characters that JSON may contain as they are and that some readers of a log take for the end of a line. */
const LINE_ENDS = /[\u007f-\u009f\u2028\u2029]/g;

const escapeCharacter = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** @returns A log whose lines carry this request id. */
export function createLog(requestId: string): Log {
  const write = (level: Level) => (event: string, fields?: Fields) => {
    const line: Fields = { level, event, requestId };
    for (const [name, value] of Object.entries(fields ?? {})) {
      if (value !== undefined) line[name] = typeof value === "string" ? scrub(value) : value;
    }
    // Every level through console.log: wrangler decorates console.error and hides levels.
    console.log(JSON.stringify(line).replace(LINE_ENDS, escapeCharacter));
  };
  return { requestId, info: write("info"), warn: write("warn"), error: write("error") };
}
