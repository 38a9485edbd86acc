/** Collects all stored data of the current user. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import type { AuditEntry } from "../activity/audit-events.ts";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import type { RequestContext } from "../request/context.ts";
import { type Convex, createConvex } from "../request/convex.server.ts";
import { accountExport } from "./account-export.ts";

/** Page size; the maximum that Convex returns. */
const ENTRIES_A_PAGE = 100;
/** Timeout for each page of the audit log. A download may take longer than a page request. */
const PAGE_TIMEOUT_MS = 10_000;

/**
 * Returns the complete content of the export file.
 *
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 * @throws {ConvexCallError} when a page of the audit log cannot be read.
 */
export async function exportAccount(context: RequestContext) {
  const account = await asCurrentUser(context, href("/settings/account"), (convex) =>
    convex.query(api.pages.accountExport, {}),
  );
  const token = (await context.auth.current())?.session.accessToken ?? null;
  const activity = await readActivity(() =>
    createConvex(context.env, token, AbortSignal.timeout(PAGE_TIMEOUT_MS)),
  );
  return accountExport(account, activity, context.now);
}

async function readActivity(convex: () => Convex): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: typeof api.auditLogs.mine._returnType = await convex().query(api.auditLogs.mine, {
      paginationOpts: { numItems: ENTRIES_A_PAGE, cursor },
    });
    entries.push(...page.page);
    cursor = page.isDone ? null : page.continueCursor;
  } while (cursor !== null);
  return entries;
}
