/** `paginate` of a search: one page of its results. A cursor is the rank of a result, as in Convex. */
import { createHash } from "node:crypto";
import { parseJson } from "../values/json.ts";
import { compileExpression } from "./expression.ts";
import { END, invalidCursor, type Page, type PageRequest } from "./query-page.ts";
import { passesFilter } from "./query-stream.ts";
import { compareRanks, type Rank, type SearchCursor } from "./search.ts";
import type { QueryJson } from "./source.ts";

/** The place before all results. */
const START: Rank = { score: Number.MAX_VALUE, creationTime: Number.MAX_VALUE, id: "" };

/**
 * Reads one page.
 *
 * @throws {Error} (`InvalidCursor`) when a cursor is malformed or belongs to another query.
 */
export function readSearchPage(
  results: SearchCursor,
  { source, operators }: QueryJson,
  { cursor, endCursor, pageSize }: PageRequest,
): Page {
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([source, operators]))
    .digest("base64url");
  const mark = fingerprint.slice(0, 11);
  const filters = operators.flatMap((operator) =>
    "filter" in operator ? [compileExpression(operator.filter)] : [],
  );
  const from = rankOf(cursor ?? encoded(START, mark), mark);
  const to = endCursor === null ? "end" : rankOf(endCursor, mark);
  const page: Page["page"] = [];
  let last = from;
  while (from !== "end" && (endCursor !== null || page.length < pageSize)) {
    const result = results.nextResult();
    if (result === null || (to !== "end" && compareRanks(result.rank, to) > 0)) {
      last = to;
      break;
    }
    if (compareRanks(result.rank, from) <= 0) continue;
    last = result.rank;
    if (filters.every((filter) => passesFilter(filter, result.entry.document)))
      page.push(result.entry.document);
  }
  const continueCursor = last === "end" ? END : encoded(last, mark);
  return { page, isDone: last === "end", continueCursor, splitCursor: null, pageStatus: null };
}

function encoded({ score, creationTime, id }: Rank, mark: string): string {
  return `${mark}.${Buffer.from(JSON.stringify([score, creationTime, id])).toString("base64url")}`;
}

function rankOf(cursor: string, mark: string): Rank | "end" {
  if (cursor === END) return "end";
  const [text, rank = ""] = cursor.split(".");
  try {
    const parts = parseJson(Buffer.from(rank, "base64url").toString());
    const [score, creationTime, id] = Array.isArray(parts) ? parts : [];
    if (
      text === mark &&
      typeof score === "number" &&
      typeof creationTime === "number" &&
      typeof id === "string"
    )
      return { score, creationTime, id };
  } catch {
    // Reported below, like a cursor of another query.
  }
  throw invalidCursor();
}
