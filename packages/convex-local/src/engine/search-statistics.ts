/**
 * Numbers of documents and words of search indexes. They stay in memory: the first search of an index counts them, and
 * commits change them. In a large table the number of words is extrapolated from its newest documents.
 */
import { type Document, fieldAt } from "../values/document.ts";
import { afterPrefix } from "../values/key.ts";
import type { Index } from "./catalog.ts";
import type { Reader } from "./reader.ts";
import type { Statistics } from "./search-score.ts";

/** Documents whose words are counted. */
const SAMPLE = 1000;

/** Longer words are not indexed. */
const LONGEST_WORD = 32;

const known = new WeakMap<Index, Statistics>();

/** Returns the numbers of an index. */
export function statisticsOf(reader: Reader, index: Index): Statistics {
  let statistics = known.get(index);
  if (!statistics) {
    const { table } = index;
    const sample = reader.scan(table.byCreation, "", afterPrefix(""), "desc", SAMPLE);
    const words = sample.reduce((sum, { document }) => sum + textWordsOf(index, document).length, 0);
    const documents = sample.length < SAMPLE ? sample.length : reader.size(table);
    statistics = { documents, words: (words * documents) / Math.max(sample.length, 1) };
    known.set(index, statistics);
  }
  return statistics;
}

/** Notes a committed change of a document. */
export function noteChange(index: Index, before: Document | null, after: Document | null): void {
  const statistics = known.get(index);
  if (!statistics) return;
  for (const [document, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (!document) continue;
    statistics.documents += sign;
    statistics.words += sign * textWordsOf(index, document).length;
  }
}

/** Returns the words of a document in a search index, in order. */
export function textWordsOf(index: Index, document: Document): string[] {
  const text = fieldAt(document.value, index.fields[0] ?? "");
  return typeof text === "string" ? wordsOf(text) : [];
}

/** Returns the words of a text as Convex indexes them, in order: letters and digits in lower case. */
export function wordsOf(text: string): string[] {
  return [...text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)]
    .map(([word]) => word)
    .filter((word) => word.length <= LONGEST_WORD);
}
