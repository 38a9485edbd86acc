/** CSV download of the audit log, for admins. */
import { auditCsv } from "../activity/audit-csv.server.ts";
import { auditFilter } from "../activity/audit-query.ts";
import { requestContext } from "../request/context.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/admin.audit[.]csv";

export const handle = { access: "admin" } satisfies RoutePolicy;

const words = (status: number, text: string) =>
  new Response(text, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });

const NOT_THERE = words.bind(null, 404, "There is no such person or event in the audit log.");

export async function loader({ context, url }: Route.LoaderArgs) {
  const filter = auditFilter(url);
  try {
    const file = await auditCsv(context.get(requestContext), filter ?? {});
    if (filter === null) {
      await file.cancel();
      return NOT_THERE();
    }
    return new Response(file, {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="audit-log.csv"',
      },
    });
  } catch (error) {
    if (error instanceof RejectedError) {
      return error.code === "not_found" ? NOT_THERE() : words(403, "Only an admin may read the audit log.");
    }
    if (!(error instanceof ConvexCallError)) throw error;
    return words(503, "The audit log cannot be read just now. Please try again in a moment.");
  }
}
