/**
 * Index keys: Convex values encoded as byte strings that compare in Convex's order, so that an index range is one range
 * scan in SQLite. In memory a key is a JavaScript string with one character (U+0000 to U+00FF) for each byte: such
 * strings compare in byte order, can be Map keys, and need one copy on the way to SQLite.
 *
 * Order (convex/values `compareValues`): undefined < null < bigint < number < boolean < string < bytes < array < object.
 */
import { CommitTsPlaceholder, type Value } from "convex/values";

/** A key or a prefix of a key: one character per byte. */
export type Key = string;

const TAG = {
  undefined: "\x01",
  null: "\x02",
  bigint: "\x03",
  number: "\x04",
  false: "\x05",
  true: "\x06",
  string: "\x07",
  bytes: "\x08",
  array: "\x09",
  object: "\x0a",
} as const;

/** Terminates arrays, objects and strings: lower than every tag and than an escaped zero byte. */
const END = "\x00";
const ZERO_ESCAPED = "\x00\xff";
const STRING_END = "\x00\x00";

const MAX_INT64 = 2n ** 63n - 1n;
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = Buffer.from(scratch.buffer);
/** Text that is its own UTF-8 encoding and has no zero byte. */
const PLAIN_TEXT = /^[ -~\t\n\r]*$/;

/** Encodes one value; `undefined` is a missing field. An unresolved commit timestamp sorts as the largest bigint. */
export function encodeValue(value: Value | undefined): Key {
  if (value === undefined) return TAG.undefined;
  if (value === null) return TAG.null;
  switch (typeof value) {
    case "bigint":
      return encodeBigint(value);
    case "number":
      return encodeNumber(value);
    case "boolean":
      return value ? TAG.true : TAG.false;
    case "string":
      return TAG.string + encodeText(value);
  }
  if (value instanceof ArrayBuffer) return TAG.bytes + escapeZeros(Buffer.from(value).toString("latin1"));
  if (value instanceof CommitTsPlaceholder) return encodeBigint(MAX_INT64);
  if (Array.isArray(value)) {
    let key: string = TAG.array;
    for (const item of value) key += encodeValue(item);
    return key + END;
  }
  let key: string = TAG.object;
  for (const field of Object.keys(value).sort()) {
    const item = value[field];
    if (item !== undefined) key += TAG.string + encodeText(field) + encodeValue(item);
  }
  return key + END;
}

/** Encodes a tuple. An index entry is the tuple of its fields' values, creation time and id. */
export function encodeTuple(values: readonly (Value | undefined)[]): Key {
  let key = "";
  for (const value of values) key += encodeValue(value);
  return key;
}

/** Returns the smallest key above every key with this prefix. The prefix must end at the end of a value. */
export function afterPrefix(prefix: Key): Key {
  return `${prefix}\xff`;
}

/** Returns the smallest key above `key`. */
export function afterKey(key: Key): Key {
  return `${key}\x00`;
}

export function keyToBytes(key: Key): Buffer {
  return Buffer.from(key, "latin1");
}

export function keyFromBytes(bytes: Uint8Array): Key {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function encodeBigint(value: bigint): Key {
  scratch.setBigUint64(0, BigInt.asUintN(64, value) ^ (1n << 63n));
  return TAG.bigint + scratchBytes.toString("latin1");
}

/** Encodes IEEE 754 bits, inverted for negative numbers, otherwise with the sign bit set: the total order, −0 below 0. */
function encodeNumber(value: number): Key {
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  if (high & 0x80000000) {
    scratch.setUint32(0, ~high >>> 0);
    scratch.setUint32(4, ~scratch.getUint32(4) >>> 0);
  } else {
    scratch.setUint32(0, (high | 0x80000000) >>> 0);
  }
  return TAG.number + scratchBytes.toString("latin1");
}

function encodeText(text: string): Key {
  if (PLAIN_TEXT.test(text)) return text + STRING_END;
  return escapeZeros(Buffer.from(text, "utf8").toString("latin1"));
}

function escapeZeros(bytes: string): Key {
  return bytes.replaceAll("\x00", ZERO_ESCAPED) + STRING_END;
}
