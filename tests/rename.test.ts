// original:start
/** Renaming this copy, without writing it. */
import { parseSync } from "vite";
import { expect, it } from "vitest";
import { ORIGINAL, rename } from "../local/init/names.ts";
import { files } from "./source-files.ts";

/** A title of two words in no Latin script. */
const NAMES = { title: "観測 所", slug: "kansoku-sho" };

const renamed = files
  .filter(({ path, text }) => text.includes(ORIGINAL.title) && !path.startsWith("local/init/"))
  .map(({ path, text }) => ({ path, text: rename(text, NAMES) }));

it("leaves code that can be parsed, so no identifier is the title alone", () => {
  const broken = renamed.filter(({ path, text }) => parseSync(path, text).errors.length > 0);
  expect(broken.map(({ path }) => path)).toEqual([]);
});

it("puts no title into a header, whose values are ASCII", () => {
  const headers = renamed.filter(({ text }) => /(authenticate|user-agent)["']?\s*[:,].*観測/i.test(text));
  expect(headers.map(({ path }) => path)).toEqual([]);
});
// original:end
