/** CSV export of the audit log, streamed page by page from Convex to keep memory use constant. */
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import type { RequestContext } from "../request/context.ts";
import { type Convex, createConvex } from "../request/convex.server.ts";
import type { AuditEntry } from "./audit-events.ts";
import type { AuditFilter } from "./audit-query.ts";

const COLUMNS = [
  "timestamp",
  "event",
  "userId",
  "actorId",
  "target",
  "impersonator",
  "ipAddress",
  "userAgent",
  "_id",
] as const;

/** Page size; the maximum that Convex returns. */
const ENTRIES_A_PAGE = 100;
/** Timeout for each page after the first, when the response has already started. */
const PAGE_TIMEOUT_MS = 10_000;
/** How many pages to buffer, because pages can only be read one after another. */
const PAGES_AHEAD = 8;

const BROKEN_OFF = "This file is not whole: the log could not be read further. Please download it again.";

type Page = typeof api.auditLogs.all._returnType;

const readPage = (convex: Convex, filter: AuditFilter, cursor: string | null): Promise<Page> =>
  convex.query(api.auditLogs.all, { ...filter, paginationOpts: { numItems: ENTRIES_A_PAGE, cursor } });

/** Spreadsheets run cells that start like this: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Returns one line of CSV (RFC 4180), including the line break, with protection against formula injection. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(cell).join(",")}\r\n`;
}

function line(entry: AuditEntry): string {
  const cells = { ...entry, timestamp: new Date(entry.timestamp).toISOString() };
  return csvLine(COLUMNS.map((name) => cells[name] ?? ""));
}

const linesOf = (page: Page) => page.page.map(line).join("");

/**
 * Streams the audit log as CSV, newest first, with a header row. If Convex fails midway, the last row says
 * so: the status is already sent, and some proxies hide a failed stream.
 *
 * @returns The stream.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does, before the first byte.
 */
export async function auditCsv(context: RequestContext, filter: AuditFilter): Promise<ReadableStream> {
  const first = await asCurrentUser(context, context.address, (convex) => readPage(convex, filter, null));
  const encoder = new TextEncoder();
  let text: string | null = csvLine(COLUMNS) + linesOf(first);
  let next = first.isDone ? null : first.continueCursor;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      text ??= await readNext();
      controller.enqueue(encoder.encode(text));
      text = null;
      if (next === null) controller.close();
    },
  };
  return new ReadableStream(source, { highWaterMark: PAGES_AHEAD });

  async function readNext(): Promise<string> {
    const signal = AbortSignal.timeout(PAGE_TIMEOUT_MS);
    try {
      // A long export can outlast the access token.
      const convex = createConvex(context.env, await context.auth.lateToken(signal), signal);
      const page = await readPage(convex, filter, next);
      next = page.isDone ? null : page.continueCursor;
      return linesOf(page);
    } catch (error) {
      context.report({ component: "data", action: context.route.pattern, error });
      next = null;
      return csvLine([BROKEN_OFF]);
    }
  }
}
