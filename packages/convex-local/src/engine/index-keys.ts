/** Keys of a document in an index: one in a plain index, one per word in a search index. */
import { type Document, fieldAt } from "../values/document.ts";
import { encodeTuple, encodeValue, type Key } from "../values/key.ts";
import { BY_ID, type Index } from "./catalog.ts";
import { textWordsOf } from "./search-statistics.ts";

/** Returns the keys of a document in an index. */
export function keysIn(index: Index, document: Document): readonly Key[] {
  if (index.kind === "search") return searchKeys(index, document);
  const value = document.value;
  if (index.name === BY_ID) return [encodeValue(value._id)];
  return [encodeTuple(index.fields.map((path) => fieldAt(value, path)))];
}

/** Each key is a word and the id of the document, so the documents with a word are one range. */
function searchKeys(index: Index, document: Document): Key[] {
  const words = new Set(textWordsOf(index, document));
  return [...words].map((word) => encodeTuple([word, document.value._id]));
}
