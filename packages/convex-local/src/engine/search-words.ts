/** Words of a text, as a search index keeps them: letters and digits, in lower case, no longer than Convex indexes. */

const LONGEST = 32;

export function wordsOf(text: string): string[] {
  return [...text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)]
    .map(([word]) => word)
    .filter((word) => word.length <= LONGEST);
}
