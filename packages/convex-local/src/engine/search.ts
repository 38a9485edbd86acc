/**
 * Reads a search index: documents that contain any word of the query, best match first. The last word also matches as a
 * prefix, for search as you type. Scores follow BM25; equal scores are ordered newest first, as in Convex.
 */
import { compareValues } from "convex/values";
import { type Document, fieldAt } from "../values/document.ts";
import { afterPrefix, encodeValue, type Key } from "../values/key.ts";
import type { Index } from "./catalog.ts";
import { literalFromJson } from "./expression.ts";
import { type EntrySource, RangeCursor } from "./query-stream.ts";
import type { Reader } from "./reader.ts";
import { wordsOf } from "./search-words.ts";
import type { SearchFilter } from "./source.ts";
import type { Entry } from "./store.ts";

/** Convex's limits: documents that are scored per word, and words of a query. */
const MAX_MATCHES = 1024;
const MAX_WORDS = 16;

/** The usual constants of BM25: saturation of repeated words, and weight of the text's length. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
/** The assumed average length of a text in words. */
const USUAL_LENGTH = 20;

type Match = { entry: Entry; score: number };

/** The results of one search. */
export class SearchCursor implements EntrySource {
  readonly #results: Entry[];
  #at = 0;

  /**
   * Runs the search.
   *
   * @param reader - The snapshot.
   * @param index - The search index.
   * @param filters - The search expression and the filters.
   * @throws {Error} when a filter names a field that the index does not have.
   */
  constructor(reader: Reader, index: Index, filters: readonly SearchFilter[]) {
    const [searchField = "", ...filterFields] = index.fields;
    const matches = new Map<string, Match>();
    const wanted: { path: string; value: ReturnType<typeof literalFromJson> }[] = [];
    let text: string | null = null;
    for (const filter of filters) {
      if (filter.type === "Search") {
        if (filter.fieldPath !== searchField)
          throw new Error(`Search index ${index.name} searches "${searchField}", not "${filter.fieldPath}".`);
        text = filter.value;
      } else {
        if (!filterFields.includes(filter.fieldPath)) {
          throw new Error(`Search index ${index.name} has no filter field "${filter.fieldPath}".`);
        }
        wanted.push({ path: filter.fieldPath, value: literalFromJson(filter.value) });
      }
    }
    if (text === null) throw new Error(`A query of search index ${index.name} needs a search expression.`);
    const words = wordsOf(text).slice(0, MAX_WORDS);
    for (const [i, word] of words.entries()) {
      const prefix = i === words.length - 1;
      collect(reader, index, word, prefix, matches, (document) =>
        wanted.every(({ path, value }) => compareValues(fieldAt(document.value, path), value) === 0),
      );
    }
    this.#results = [...matches.values()].sort(better).map(({ entry }) => entry);
  }

  next(): Entry | null {
    return this.#results[this.#at++] ?? null;
  }
}

/** Adds the score of one word of the query to each document that contains it. */
function collect(
  reader: Reader,
  index: Index,
  word: string,
  prefix: boolean,
  matches: Map<string, Match>,
  fits: (document: Document) => boolean,
): void {
  const exact = encodeValue(word);
  const low: Key = prefix ? exact.slice(0, -2) : exact;
  const cursor = new RangeCursor(reader, { index, low, high: afterPrefix(low), order: "asc" });
  const found = new Map<string, Entry>();
  for (let entry = cursor.next(); entry && found.size < MAX_MATCHES; entry = cursor.next()) {
    if (fits(entry.document)) found.set(entry.document.value._id, entry);
  }
  const rarity = Math.log(1 + MAX_MATCHES / (found.size + 0.5));
  for (const [id, entry] of found) {
    const words = wordsOf(String(fieldAt(entry.document.value, index.fields[0] ?? "") ?? ""));
    const exactCount = words.filter((other) => other === word).length;
    const count = exactCount > 0 ? exactCount : 0.5;
    const length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * (words.length / USUAL_LENGTH);
    const score = (rarity * count * (SATURATION + 1)) / (count + SATURATION * length);
    const match = matches.get(id);
    if (match) match.score += score;
    else matches.set(id, { entry, score });
  }
}

function better(a: Match, b: Match): number {
  return b.score - a.score || b.entry.document.value._creationTime - a.entry.document.value._creationTime;
}
