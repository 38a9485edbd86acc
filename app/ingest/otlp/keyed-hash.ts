/**
 * SipHash-1-3: a keyed hash, fast enough for each data point. It identifies streams without storing their
 * attributes. https://www.aumasson.jp/siphash
 */

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
  return (text) => sipHash(text, k0, k1, k2, k3);
}

/**
 * Hashes a text with SipHash-1-3. Each of the four 64-bit words is two local variables, low and high, because arrays
 * or calls for the steps of a round would take most of the time of a request.
 */
function sipHash(text: string, k0: number, k1: number, k2: number, k3: number): string {
  let al = k0 ^ 0x70736575;
  let ah = k1 ^ 0x736f6d65;
  let bl = k2 ^ 0x6e646f6d;
  let bh = k3 ^ 0x646f7261;
  let cl = k0 ^ 0x6e657261;
  let ch = k1 ^ 0x6c796765;
  let dl = k2 ^ 0x79746573;
  let dh = k3 ^ 0x74656462;
  const { length } = text;
  // Blocks of four UTF-16 code units, of which the last ends with the number of bytes; then three rounds more.
  const last = length - (length % 4);
  for (let i = 0; i <= last + 12; i += 4) {
    let low = 0;
    let high = 0;
    if (i < last) {
      low = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
      high = text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16);
    } else if (i === last) {
      const rest = length - last;
      if (rest > 0) low = text.charCodeAt(i);
      if (rest > 1) low |= text.charCodeAt(i + 1) << 16;
      high = (rest > 2 ? text.charCodeAt(i + 2) : 0) | ((2 * length) << 24);
    } else if (i === last + 4) {
      cl ^= 0xff;
    }
    dl ^= low;
    dh ^= high;
    // a += b; b = (b <<< 13) ^ a; a <<<= 32
    let sum = (al >>> 0) + (bl >>> 0);
    let sumHigh = (ah + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
    let old = bl;
    bl = ((bl << 13) | (bh >>> 19)) ^ sum;
    bh = ((bh << 13) | (old >>> 19)) ^ sumHigh;
    al = sumHigh;
    ah = sum | 0;
    // c += d; d = (d <<< 16) ^ c
    sum = (cl >>> 0) + (dl >>> 0);
    ch = (ch + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
    cl = sum | 0;
    old = dl;
    dl = ((dl << 16) | (dh >>> 16)) ^ cl;
    dh = ((dh << 16) | (old >>> 16)) ^ ch;
    // a += d; d = (d <<< 21) ^ a
    sum = (al >>> 0) + (dl >>> 0);
    ah = (ah + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
    al = sum | 0;
    old = dl;
    dl = ((dl << 21) | (dh >>> 11)) ^ al;
    dh = ((dh << 21) | (old >>> 11)) ^ ah;
    // c += b; b = (b <<< 17) ^ c; c <<<= 32
    sum = (cl >>> 0) + (bl >>> 0);
    sumHigh = (ch + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
    old = bl;
    bl = ((bl << 17) | (bh >>> 15)) ^ sum;
    bh = ((bh << 17) | (old >>> 15)) ^ sumHigh;
    cl = sumHigh;
    ch = sum | 0;
    al ^= low;
    ah ^= high;
  }
  return hex(ah ^ bh ^ ch ^ dh) + hex(al ^ bl ^ cl ^ dl);
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(half: number): string {
  const [a, b, c, d] = [half >>> 24, (half >>> 16) & 255, (half >>> 8) & 255, half & 255];
  return `${BYTES[a]}${BYTES[b]}${BYTES[c]}${BYTES[d]}`;
}
