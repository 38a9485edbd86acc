/**
 * SipHash-1-3: a keyed hash, fast enough for each data point. It identifies streams without storing their
 * attributes. https://www.aumasson.jp/siphash
 */

/** Four words of 64 bits, each as a low and a high half. */
type State = Int32Array;

/** Returns the hash of a text in UTF-16LE, 16 hex digits. */
export type KeyedHash = (text: string) => string;

/**
 * Creates the hash function of a key.
 *
 * @param key - 16 bytes.
 */
export function keyedHash(key: Uint8Array): KeyedHash {
  const view = new DataView(key.buffer, key.byteOffset, 16);
  const [k0, k1, k2, k3] = [0, 4, 8, 12].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const start = Int32Array.of(
    ...[k0 ^ 0x70736575, k1 ^ 0x736f6d65, k2 ^ 0x6e646f6d, k3 ^ 0x646f7261],
    ...[k0 ^ 0x6e657261, k1 ^ 0x6c796765, k2 ^ 0x79746573, k3 ^ 0x74656462],
  );
  const v: State = new Int32Array(8);
  return (text) => {
    v.set(start);
    const { length } = text;
    // A block of 64 bits is four UTF-16 code units. The last one ends with the number of bytes.
    for (let i = 0; i <= length; i += 4) {
      const low = codeAt(text, i) | (codeAt(text, i + 1) << 16);
      const high = codeAt(text, i + 2) | (codeAt(text, i + 3) << 16);
      absorb(v, low, i + 4 > length ? high | ((2 * length) << 24) : high);
    }
    v[4] = at(v, 4) ^ 0xff;
    for (let i = 0; i < 3; i++) round(v);
    return hex(at(v, 1) ^ at(v, 3) ^ at(v, 5) ^ at(v, 7)) + hex(at(v, 0) ^ at(v, 2) ^ at(v, 4) ^ at(v, 6));
  };
}

function codeAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : 0;
}

function at(v: State, index: number): number {
  return v[index] as number;
}

function absorb(v: State, low: number, high: number): void {
  v[6] = at(v, 6) ^ low;
  v[7] = at(v, 7) ^ high;
  round(v);
  v[0] = at(v, 0) ^ low;
  v[1] = at(v, 1) ^ high;
}

function round(v: State): void {
  add(v, 0, 2);
  rotate(v, 2, 13);
  mix(v, 2, 0);
  swap(v, 0);
  add(v, 4, 6);
  rotate(v, 6, 16);
  mix(v, 6, 4);
  add(v, 0, 6);
  rotate(v, 6, 21);
  mix(v, 6, 0);
  add(v, 4, 2);
  rotate(v, 2, 17);
  mix(v, 2, 4);
  swap(v, 4);
}

function add(v: State, to: number, from: number): void {
  const low = (at(v, to) >>> 0) + (at(v, from) >>> 0);
  v[to] = low;
  v[to + 1] = at(v, to + 1) + at(v, from + 1) + (low > 0xffffffff ? 1 : 0);
}

function mix(v: State, to: number, from: number): void {
  v[to] = at(v, to) ^ at(v, from);
  v[to + 1] = at(v, to + 1) ^ at(v, from + 1);
}

/** Rotates a word left by less than 32 bits. */
function rotate(v: State, word: number, bits: number): void {
  const low = at(v, word);
  const high = at(v, word + 1);
  v[word] = (low << bits) | (high >>> (32 - bits));
  v[word + 1] = (high << bits) | (low >>> (32 - bits));
}

/** Rotates a word by 32 bits. */
function swap(v: State, word: number): void {
  const low = at(v, word);
  v[word] = at(v, word + 1);
  v[word + 1] = low;
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, "0");
}
