/** Words of a text, as Convex indexes them: letters and digits in lower case, up to a maximum length. */

/** Longer words are not indexed. */
const LONGEST = 32;

/** Returns the words of a text, in order. */
export function wordsOf(text: string): string[] {
  return [...text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)]
    .map(([word]) => word)
    .filter((word) => word.length <= LONGEST);
}
