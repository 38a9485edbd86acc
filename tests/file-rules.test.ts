/** Rules for every source file: names, lengths, comments, and what must not be in it. */
import { expect, test } from "vitest";
import { files, inside, isTest } from "./source-files.ts";

const FORBIDDEN_NAMES = [
  "utils",
  "util",
  "helpers",
  "helper",
  "misc",
  "common",
  "lib",
  "shared",
  "services",
  "types",
];
const LONGEST_FILE = 300;

test("no file or folder is named utils, helpers, misc, common, lib, shared, services or types", () => {
  const drawers = files.filter(({ path }) =>
    path.split("/").some((part) => FORBIDDEN_NAMES.includes(part.split(".")[0] ?? "")),
  );
  expect(drawers.map(({ path }) => path)).toEqual([]);
});

test("paths in app are written with href(), so that the compiler checks them against the routes", () => {
  const literal =
    /\b(?:to|href|action|formAction)=\{?["'`]\/|\b(?:redirect|fetch|assign|navigate)\(["'`]\/(?!_\.data)/;
  // `/_.data` is React Router's URL of the root route's data. The prerendered page's script is sent unchanged,
  // so it cannot import.
  const found = files.filter(
    ({ path, text }) =>
      inside(path, "app") && path !== "app/frame/static-banner.js" && !isTest(path) && literal.test(text),
  );
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("no file is named after the product, so that `npm run init` renames texts only", () => {
  const named = files.filter(({ path }) => /mosaic/i.test(path));
  expect(named.map(({ path }) => path)).toEqual([]);
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const giants = files.filter(({ lines }) => lines > LONGEST_FILE);
  expect(giants.map(({ path }) => path)).toEqual([]);
});

test("an error is ignored only with a comment that says why", () => {
  const silent = files.filter(
    ({ path, text }) => inside(path, "app", "workers", "convex") && /\.catch\(\(\) => \{\}\)/.test(text),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test("every file except tests begins with a comment", () => {
  const silent = files.filter(({ path, text }) => !isTest(path) && !/^(#!.*\n)?\s*(\/\*|\/\/)/.test(text));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test("no file skips or isolates a test, turns off a type check, or mocks a module or fetch", () => {
  const marks =
    /\b(test|it|describe)\.(skip|only|todo)\b|@ts-(ignore|nocheck|expect-error)|\bvi\.(mock|doMock|stubGlobal)\(/;
  const marked = files.filter(({ path, text }) => path !== "tests/file-rules.test.ts" && marks.test(text));
  expect(marked.map(({ path }) => path)).toEqual([]);
});
