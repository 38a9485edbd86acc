/** Reading a search index. */
import type { Index } from "./catalog.ts";
import type { EntrySource } from "./query-stream.ts";
import type { Reader } from "./reader.ts";
import type { SearchFilter } from "./source.ts";
import type { Entry } from "./store.ts";

export class SearchCursor implements EntrySource {
  constructor(_reader: Reader, index: Index, _filters: readonly SearchFilter[]) {
    throw new Error(`Search index ${index.table.name}.${index.name} cannot be read yet.`);
  }

  next(): Entry | null {
    return null;
  }
}
