/**
 * Reads a search index: documents that contain any word of the query, best match first. The last word also matches as a
 * prefix, for search as you type. Scores follow BM25; equal scores are ordered newest first, as in Convex.
 */
import { compareValues, type Value } from "convex/values";
import { type Document, fieldAt } from "../values/document.ts";
import { afterKey, afterPrefix, encodeValue, type Key } from "../values/key.ts";
import type { Index } from "./catalog.ts";
import { literalFromJson } from "./expression.ts";
import type { EntrySource } from "./query-stream.ts";
import type { Reader } from "./reader.ts";
import { rarityOf, type Statistics, scoreOf } from "./search-score.ts";
import { statisticsOf, textWordsOf, wordsOf } from "./search-statistics.ts";
import type { SearchFilter } from "./source.ts";
import type { Entry } from "./store.ts";

/** Convex's limits: words of a query, words of the index that match them, filters and results. */
const MAX_QUERY_WORDS = 16;
const MAX_WORDS = 64;
const MAX_FILTERS = 8;
const MAX_RESULTS = 1024;

/** Documents that pass the filters and are scored, for each word of the query. Convex has no such limit. */
const MAX_MATCHES = 1024;
const BATCH = 256;

/** The rank of a result. */
export type Rank = { score: number; creationTime: number; id: string };
export type Result = { rank: Rank; entry: Entry };

type Query = { words: string[]; filters: { path: string; value: Value | undefined }[] };
/** `words` counts the words of the document that match the query. */
type Match = { entry: Entry; words: Map<string, number>; length: number; passes: boolean };

/** The results of one search. */
export class SearchCursor implements EntrySource {
  readonly #reader: Reader;
  readonly #index: Index;
  readonly #results: readonly Result[];
  #at = 0;

  /**
   * Runs the search.
   *
   * @param reader - The snapshot.
   * @param index - The search index.
   * @param filters - The search expression and the filters.
   * @throws {Error} when they do not fit the index.
   */
  constructor(reader: Reader, index: Index, filters: readonly SearchFilter[]) {
    const query = checked(index, filters);
    const matches = matchesOf(reader, index, query);
    this.#reader = reader;
    this.#index = index;
    this.#results = ranked([...matches.values()], query.words, statisticsOf(reader, index));
  }

  next(): Entry | null {
    return this.nextResult()?.entry ?? null;
  }

  /** @throws {Error} after Convex's maximum number of results. */
  nextResult(): Result | null {
    if (this.#at === MAX_RESULTS) {
      throw new Error(
        `Search query scanned too many documents (fetched ${MAX_RESULTS}). Consider using a smaller limit, paginating the query, or using a filter field to limit the number of documents pulled from the search index.`,
      );
    }
    const result = this.#results[this.#at];
    if (!result) return null;
    this.#at++;
    this.#reader.usage.read(this.#index.table, result.entry.document);
    return result;
  }
}

/** Compares ranks; negative if `a` comes first. */
export function compareRanks(a: Rank, b: Rank): number {
  return b.score - a.score || b.creationTime - a.creationTime || (a.id === b.id ? 0 : a.id > b.id ? -1 : 1);
}

function checked(index: Index, filters: readonly SearchFilter[]): Query {
  const [searchField = "", ...filterFields] = index.fields;
  const against = `Search query against ${index.table.name}.${index.name}`;
  let text: string | null = null;
  const query: Query = { words: [], filters: [] };
  for (const filter of filters) {
    const { fieldPath } = filter;
    if (filter.type === "Eq") {
      if (!filterFields.includes(fieldPath)) {
        throw new Error(
          `${against} contains an equality filter on "${fieldPath}" but that field isn't indexed for filtering in \`filterFields\`.`,
        );
      }
      query.filters.push({ path: fieldPath, value: literalFromJson(filter.value) });
      continue;
    }
    if (fieldPath !== searchField) {
      throw new Error(
        `${against} contains a search filter against "${fieldPath}", which doesn't match the indexed \`searchField\` "${searchField}".`,
      );
    }
    if (text !== null) {
      throw new Error(
        `${against} contains multiple search filters against "${fieldPath}". Only one is allowed.`,
      );
    }
    text = filter.value;
  }
  if (text === null) {
    throw new Error(
      `${against} does not contain any search filters. You must include a search filter like \`q.search("${searchField}", searchText)\`.`,
    );
  }
  if (query.filters.length > MAX_FILTERS) {
    throw new Error(
      `${against} has too many filter conditions. Max: ${MAX_FILTERS} Actual: ${query.filters.length}`,
    );
  }
  query.words = wordsOf(text).slice(0, MAX_QUERY_WORDS);
  return query;
}

/** Returns the documents that contain a word of the query, by id. */
function matchesOf(reader: Reader, index: Index, { words, filters }: Query): Map<string, Match> {
  const matches = new Map<string, Match>();
  const wanted = new Set(words);
  const prefix = words.at(-1);
  const passes = ({ value }: Document): boolean =>
    filters.every((filter) => compareValues(fieldAt(value, filter.path), filter.value) === 0);
  for (const [i, word] of words.entries()) {
    let found = 0;
    for (const entry of postings(reader, index, word, i === words.length - 1)) {
      const id = entry.document.value._id;
      let match = matches.get(id);
      if (!match) {
        const all = textWordsOf(index, entry.document);
        match = { entry, words: new Map(), length: all.length, passes: passes(entry.document) };
        for (const one of all) {
          if (wanted.has(one) || (prefix !== undefined && one.startsWith(prefix)))
            match.words.set(one, (match.words.get(one) ?? 0) + 1);
        }
        matches.set(id, match);
      }
      if (match.passes && ++found === MAX_MATCHES) break;
    }
  }
  return matches;
}

/** Returns the index entries of a word, or of all words that begin with it. The whole range counts as read. */
function* postings(reader: Reader, index: Index, word: string, prefix: boolean): Generator<Entry> {
  const exact = encodeValue(word);
  // Without the mark of its end, the key of a text is the prefix of the keys of longer texts.
  let low: Key = prefix ? exact.slice(0, -2) : exact;
  const high = afterPrefix(low);
  reader.reads.add(index, low, high);
  for (;;) {
    const entries = reader.scan(index, low, high, "asc", BATCH);
    yield* entries;
    const last = entries.at(-1);
    if (!last || entries.length < BATCH) return;
    low = afterKey(last.key);
  }
}

function ranked(matches: readonly Match[], words: readonly string[], statistics: Statistics): Result[] {
  const frequencies = new Map<string, number>();
  for (const match of matches) {
    for (const word of match.words.keys()) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  }
  const exact = [...new Set(words)].filter((word) => frequencies.has(word));
  const begun = [...frequencies.keys()].filter((word) => !exact.includes(word)).sort();
  const rarities = new Map(
    [...exact, ...begun]
      .slice(0, MAX_WORDS)
      .map((word) => [word, rarityOf(statistics, frequencies.get(word) ?? 0)]),
  );
  const results: Result[] = [];
  for (const { entry, words: counts, length, passes } of matches) {
    if (!passes) continue;
    let score = 0;
    for (const [word, count] of counts) {
      const rarity = rarities.get(word);
      if (rarity !== undefined) score += scoreOf(statistics, { rarity, count, length });
    }
    const { _id, _creationTime } = entry.document.value;
    if (score > 0) results.push({ rank: { score, creationTime: _creationTime, id: _id }, entry });
  }
  return results.sort((a, b) => compareRanks(a.rank, b.rank));
}
