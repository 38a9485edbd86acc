/** Where a document stands in an index: one key in a plain one, one for each word in a search index. */
import type { Document } from "../values/document.ts";
import type { Key } from "../values/key.ts";
import { type Index, keyIn } from "./catalog.ts";

export function keysIn(index: Index, document: Document): readonly Key[] {
  return [keyIn(index, document)];
}
