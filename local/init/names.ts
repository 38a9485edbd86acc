/** The names of the product, in each form in which the code and the documents use them. */
export type Names = {
  /** The title: `Night Watch`. */
  title: string;
  /** Name of the package, the worker and the cookies: `night-watch`. */
  slug: string;
};

/** The names before `npm run init`. */
export const ORIGINAL: Names = { title: "Mosaic", slug: "mosaic" };

const TITLE = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} .-]{0,38}[\p{L}\p{M}\p{N}])?$/u;
const SLUG = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/;

/**
 * Returns the names of a product.
 *
 * @param title - The name in titles and texts.
 * @param slug - The name of the package and the worker; by default the title in lower case with hyphens.
 * @returns The names, or a text that says what to change.
 */
export function namesFrom(title: string, slug = slugOf(title)): Names | string {
  if (!TITLE.test(title)) {
    return "The name has 1 to 40 letters, digits, spaces, dots and hyphens, because it is written into code as it is.";
  }
  if (!SLUG.test(slug)) {
    return `"${slug}" is no name for a package. Pass --slug with 2 to 40 of a-z, 0-9 and -, beginning with a letter.`;
  }
  if (title !== ORIGINAL.title && title.toLowerCase().includes(ORIGINAL.slug)) {
    return `The name must not contain "${ORIGINAL.title}", because that is the word that is replaced.`;
  }
  return { title, slug };
}

/** Returns the title in ASCII, in lower case, with hyphens between its words. */
function slugOf(title: string): string {
  const ascii = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return ascii.replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "");
}

/**
 * Returns `text` with the original names replaced.
 *
 * @param text - The content of a file.
 * @param names - The new names.
 */
export function rename(text: string, { title, slug }: Names): string {
  const words = slug.replaceAll("-", "_");
  const pascal = slug.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
  return (
    text
      // In an identifier, for example `startMosaic`.
      .replace(/(?<=[a-z])Mosaic/g, pascal)
      .replaceAll("Mosaic", title)
      .replace(/MOSAIC(?=_)/g, words.toUpperCase())
      // The prefix of API keys.
      .replace(/mosaic(?=_)/g, words)
      // Not the first line of what a worker's proof signs: it names the format, and a test has an example of it.
      .replace(/mosaic(?!\.edge\.v1)/g, slug)
  );
}
