/** BM25 as Convex computes it: constants, and lengths of texts in the precision of its index. */

const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/** Up to here the length of a text in words is exact. Longer ones are rounded down, in steps that double every eight. */
const EXACT_LENGTH = 40;
const STEPS = 8;

/** Numbers of an index that scores depend on. */
export type Statistics = { documents: number; words: number };

/** Returns how rare a word is that `matches` documents contain. */
export function rarityOf({ documents }: Statistics, matches: number): number {
  return Math.log(1 + (Math.max(documents - matches, 0) + 0.5) / (matches + 0.5));
}

/** Returns the score of a word that a text of `length` words contains `count` times. */
export function scoreOf(
  { documents, words }: Statistics,
  { rarity, count, length }: { rarity: number; count: number; length: number },
): number {
  const usual = words === 0 ? 1 : words / Math.max(documents, 1);
  const norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * (roundedLength(length) / usual));
  return (rarity * (1 + SATURATION) * count) / (count + norm);
}

function roundedLength(length: number): number {
  let first = EXACT_LENGTH;
  let step = 2;
  if (length <= first) return length;
  while (length >= first + STEPS * step) {
    first += STEPS * step;
    step *= 2;
  }
  return first + Math.floor((length - first) / step) * step;
}
