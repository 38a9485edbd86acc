/** Where a document stands in an index: one key in a plain one, one for each word in a search index. */
import { type Document, fieldAt } from "../values/document.ts";
import { encodeTuple, encodeValue, type Key } from "../values/key.ts";
import { BY_ID, type Index } from "./catalog.ts";
import { wordsOf } from "./search-words.ts";

export function keysIn(index: Index, document: Document): readonly Key[] {
  if (index.kind === "search") return searchKeys(index, document);
  const value = document.value;
  if (index.name === BY_ID) return [encodeValue(value._id)];
  return [encodeTuple(index.fields.map((path) => fieldAt(value, path)))];
}

/** A word, then the document's id: all documents with a word stand together. */
function searchKeys(index: Index, { value }: Document): Key[] {
  const text = fieldAt(value, index.fields[0] ?? "");
  if (typeof text !== "string") return [];
  return [...new Set(wordsOf(text))].map((word) => encodeTuple([word, value._id]));
}
