/**
 * Vector search: compares the vector of a query with all vectors of a table. The vectors stay in memory: the first search
 * of an index reads its table, and later ones apply what was committed since.
 */
import { compareValues, type JSONValue, type Value } from "convex/values";
import { type Document, type DocumentValue, fieldAt } from "../values/document.ts";
import { afterKey, afterPrefix, type Key } from "../values/key.ts";
import type { Table, VectorIndex } from "./catalog.ts";
import type { Engine, Snapshot } from "./engine.ts";
import { literalFromJson } from "./expression.ts";
import { noIndex } from "./source.ts";

/** Convex's limits: results and conditions of a search, and results without a `limit`. */
const MAX_RESULTS = 256;
const MAX_CONDITIONS = 64;
const USUAL_RESULTS = 10;

/** Documents that are read, and vectors that are compared, before other work of the thread gets a turn. */
const CHUNK = 200;

export type VectorQuery = {
  /** `table.index` */
  indexName: string;
  vector: readonly number[];
  limit?: number;
  expressions: JSONValue;
};
export type VectorMatch = { _id: string; _score: number };

type Condition = { field: string; value: Value | undefined };
type Item = { vector: Float32Array; length: number; filters: readonly (Value | undefined)[] };
type Vectors = { index: string; items: Map<string, Item>; ts: bigint };

/** Searches the vector indexes of a database. */
export class VectorSearch {
  readonly #engine: Engine;
  readonly #yieldTurn: () => Promise<void>;
  readonly #known = new Map<string, Promise<Vectors>>();

  /** @param yieldTurn - Called between chunks, so that other work of the thread can continue. */
  constructor(engine: Engine, yieldTurn: () => Promise<void>) {
    this.#engine = engine;
    this.#yieldTurn = yieldTurn;
  }

  /**
   * Returns the documents whose vectors are most similar to that of the query, with the cosine of the angle between them.
   *
   * @throws {Error} when the index does not exist, or the query does not fit it.
   */
  async search(component: string, query: VectorQuery): Promise<VectorMatch[]> {
    const [tableName = "", indexName = ""] = query.indexName.split(".");
    const table = this.#engine.catalog.find(component, tableName);
    if (!table) return [];
    const index = table.vectorIndexes.find(({ name }) => name === indexName);
    if (!index) throw noIndex(table, indexName);
    const { limit, conditions } = checked(query, index);
    const wanted = Float32Array.from(query.vector);
    const length = Math.hypot(...wanted);
    const matches: VectorMatch[] = [];
    let compared = 0;
    for (const [_id, item] of (await this.#vectors(table, index)).items) {
      if (++compared % CHUNK === 0) await this.#yieldTurn();
      if (conditions.length > 0 && !conditions.some((condition) => fits(index, item, condition))) continue;
      matches.push({ _id, _score: Math.fround(cosine(wanted, length, item)) });
    }
    return matches.sort(better).slice(0, limit);
  }

  /** Returns the vectors as of the newest commit. */
  async #vectors(table: Table, index: VectorIndex): Promise<Vectors> {
    const key = `${table.number}.${index.name}`;
    const known = this.#known.get(key);
    const updated = (known ?? Promise.resolve(null)).then((vectors) => this.#update(table, index, vectors));
    this.#known.set(key, updated);
    try {
      return await updated;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  async #update(table: Table, index: VectorIndex, known: Vectors | null): Promise<Vectors> {
    let vectors = known?.index === JSON.stringify(index) ? known : null;
    while (vectors === null || vectors.ts < this.#engine.oldestTs)
      vectors = await this.#readAll(table, index);
    for (const { changes } of this.#engine.commitsSince(vectors.ts)) {
      for (const change of changes) if (change.table === table) put(vectors, index, change.id, change.seen);
    }
    vectors.ts = this.#engine.ts;
    return vectors;
  }

  async #readAll(table: Table, index: VectorIndex): Promise<Vectors> {
    const snapshot = this.#engine.snapshot();
    try {
      const vectors: Vectors = { index: JSON.stringify(index), items: new Map(), ts: snapshot.ts };
      for await (const document of this.#documents(table, snapshot))
        put(vectors, index, document.value._id, document);
      return vectors;
    } finally {
      snapshot.close();
    }
  }

  async *#documents(table: Table, snapshot: Snapshot): AsyncGenerator<Document> {
    const reader = this.#engine.reader(snapshot);
    let low: Key = "";
    for (;;) {
      const entries = reader.scan(table.byId, low, afterPrefix(""), "asc", CHUNK);
      for (const { document } of entries) yield document;
      const last = entries.at(-1);
      if (!last || entries.length < CHUNK) return;
      low = afterKey(last.key);
      await this.#yieldTurn();
    }
  }
}

/** Sets the vector of a document, or removes it if the document was deleted or its field is not a vector of the index. */
function put({ items }: Vectors, index: VectorIndex, id: string, document: Document | null): void {
  const item = document && itemOf(document.value, index);
  if (item) items.set(id, item);
  else items.delete(id);
}

function itemOf(value: DocumentValue, { vectorField, dimensions, filterFields }: VectorIndex): Item | null {
  const field = fieldAt(value, vectorField);
  if (!Array.isArray(field) || field.length !== dimensions) return null;
  const numbers = field.filter((number) => typeof number === "number");
  if (numbers.length < field.length) return null;
  const vector = Float32Array.from(numbers);
  return {
    vector,
    length: Math.hypot(...vector),
    filters: filterFields.map((path) => fieldAt(value, path)),
  };
}

function fits({ filterFields }: VectorIndex, { filters }: Item, { field, value }: Condition): boolean {
  return compareValues(filters[filterFields.indexOf(field)], value) === 0;
}

function cosine(wanted: Float32Array, wantedLength: number, { vector, length }: Item): number {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += (wanted[i] ?? 0) * (vector[i] ?? 0);
  return wantedLength === 0 || length === 0 ? 0 : dot / (wantedLength * length);
}

/** Best match first. Equal scores are ordered by id, as in Convex. */
function better(a: VectorMatch, b: VectorMatch): number {
  return b._score - a._score || (a._id < b._id ? 1 : -1);
}

function checked(query: VectorQuery, index: VectorIndex): { limit: number; conditions: Condition[] } {
  const { indexName, vector, limit = USUAL_RESULTS, expressions } = query;
  if (!vector.every((number) => typeof number === "number"))
    throw new Error("`vector` must be an Array of numbers in vectorSearch");
  if (!Number.isInteger(limit) || limit < 0) throw new Error(`Invalid \`limit\` in vectorSearch: ${limit}`);
  if (limit > MAX_RESULTS) {
    throw new Error(`Vector queries can fetch at most ${MAX_RESULTS} results, requested ${limit}.`);
  }
  const conditions = conditionsOf(expressions);
  for (const { field } of conditions) {
    if (!index.filterFields.includes(field)) {
      throw new Error(
        `Vector query against ${indexName} contains a filter on "${field}" but that field isn't indexed for filtering in \`filterFields\`.`,
      );
    }
  }
  if (conditions.length > MAX_CONDITIONS) {
    throw new Error(
      `Vector query against ${indexName} has too many conditions. Max: ${MAX_CONDITIONS} Actual: ${conditions.length}`,
    );
  }
  if (vector.length !== index.dimensions) {
    throw new Error(`Expected a vector with dimensions ${index.dimensions}, received ${vector.length}.`);
  }
  return { limit, conditions };
}

/** Returns the conditions of a filter. A document must fulfill one of them: filters consist of `eq` and `or`. */
function conditionsOf(expression: JSONValue | undefined): Condition[] {
  if (expression === null || expression === undefined) return [];
  if (typeof expression === "object" && !Array.isArray(expression)) {
    if (Array.isArray(expression.$or)) return expression.$or.flatMap(conditionsOf);
    if (Array.isArray(expression.$eq)) {
      const [left, right] = expression.$eq;
      const field = propertyOf(left, "$field");
      const literal = propertyOf(right, "$literal");
      if (typeof field !== "string" || literal === undefined) {
        throw new Error("`q.eq` must take a field path as its first argument and a value as its second");
      }
      return [{ field, value: literalFromJson(literal) }];
    }
  }
  throw new Error("Filters should be a combination of `q.eq` and `q.or`.");
}

function propertyOf(json: JSONValue | undefined, name: string): JSONValue | undefined {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return undefined;
  return json[name];
}
