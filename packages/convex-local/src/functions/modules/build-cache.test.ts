import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sharedBundle } from "./build-cache.ts";

/** Sources of this age can be shared, in ms. */
const OLD_MS = 200;

let folder: string;
const write = (path: string, text: string) => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const bundled = () => sharedBundle(join(folder, "convex"));
const isShared = (dir: string) => /^[0-9a-f]{64}$/.test(basename(dir));

/** Returns the folder of the build once the sources are old enough to be shared. */
const settled = async () => {
  await expect.poll(async () => isShared((await bundled()).build.dir)).toBe(true);
  return (await bundled()).build.dir;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "build-cache-"));
  vi.stubEnv("CONVEX_LOCAL_BUILDS", join(folder, "builds"));
  write("package.json", "{}");
  write(
    "convex/words.ts",
    'import { word } from "./word";\nexport { far } from "../far.ts";\nexport default word;\n',
  );
  write("convex/word/index.ts", 'export const word = "first";\n');
  write("far.ts", 'export const far = "near";\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test("a build is used again while no source changes, and outlives its users", async () => {
  const first = await settled();
  const second = await bundled();
  await second.remove();
  expect((await bundled()).build).toEqual({ ...second.build, dir: first });
  expect(second.sources.sort()).toEqual(
    ["convex/word/index.ts", "convex/words.ts", "far.ts"].map((path) => join(folder, path)),
  );
});

test.each([
  ["a module changes", "convex/words.ts", 'export default "other";\n'],
  ["a file outside of the folder changes", "far.ts", 'export const far = "far";\n'],
  ["a module is added", "convex/more.ts", "export default 1;\n"],
  ["a new file takes the place of an imported one", "convex/word.ts", 'export const word = "second";\n'],
  ["the settings of the package change", "package.json", '{ "sideEffects": false }'],
  ["the settings of the compiler change", "tsconfig.json", '{ "compilerOptions": { "target": "es2020" } }'],
])("a build is not used again after %s", async (_change, path, text) => {
  const first = await settled();
  write(path, text);
  expect((await bundled()).build.dir).not.toBe(first);
  expect(await settled()).not.toBe(first);
});

test("a build is not shared if a source changes while it is bundled", async () => {
  await delay(OLD_MS);
  const building = bundled();
  write("convex/word/index.ts", 'export const word = "second";\n');
  expect(isShared((await building).build.dir)).toBe(false);
});

test("a build is not shared if its components have environment variables", async () => {
  const child = { name: "child", path: join(folder, "child"), env: [["A", { type: "value", value: "1" }]] };
  const app = JSON.stringify({ childComponents: [child] });
  write("child/one.ts", "export default 1;\n");
  write("convex/convex.config.ts", `export default { export: () => (${app}) };\n`);
  await delay(OLD_MS);
  expect(isShared((await bundled()).build.dir)).toBe(false);
});
