import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";

const CHARACTERS = "· … → − 😀 日本語 العربية";

/** Paints a frame with all words, and prints the width of each in pixels. */
const SCRIPT = `
  import { launchChromium } from "./tests/browser/chromium.ts";
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.setContent(process.argv[1].split(" ").map((word) => "<span>" + word + "</span>").join("<br>"));
  await page.screenshot();
  const widths = await page.locator("span").evaluateAll((spans) => spans.map((span) => span.offsetWidth));
  await browser.close();
  console.log(JSON.stringify(widths));`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("the browser renders the app's characters with an empty HOME, and leaves no files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-browser-"));
  folders.push(folder);
  const [home, temporary] = [join(folder, "home"), join(folder, "tmp")];
  for (const path of [home, temporary]) mkdirSync(path);
  const { PATH, CHROMIUM_PATH } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", SCRIPT, CHARACTERS],
    { env: { PATH, ...(CHROMIUM_PATH && { CHROMIUM_PATH }), HOME: home, TMPDIR: temporary } },
  );
  const widths: number[] = JSON.parse(stdout);
  expect(widths).toHaveLength(CHARACTERS.split(" ").length);
  for (const width of widths) expect(width).toBeGreaterThan(0);
  // Chromium deletes the files of its shared memory at once, but may end in between.
  const left = readdirSync(temporary).filter((name) => !name.startsWith(".org.chromium.Chromium."));
  expect(left).toEqual([]);
  // A browser selected with CHROMIUM_PATH may keep a profile in HOME.
  if (!CHROMIUM_PATH) expect(readdirSync(home)).toEqual([]);
});
