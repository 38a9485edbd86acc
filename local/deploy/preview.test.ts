import { expect, test } from "vitest";
import { previewNameOf, WORKERS } from "./preview.ts";

test("a branch's own name is the preview's if a host name may contain it", () => {
  expect(previewNameOf("fix-42")).toBe("fix-42");
});

test.each(["feature/Ünï-42_X", "日本", "-", "Fix-42", "a/".repeat(100), "x".repeat(200)])(
  "the preview of %s has a name that a host name may contain",
  (branch) => {
    const name = previewNameOf(branch);
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(`${WORKERS.staging}-${name}`.length).toBeLessThanOrEqual(63);
    expect(previewNameOf(branch)).toBe(name);
  },
);

test("branches whose names differ only in signs have different previews", () => {
  const names = ["feature/x", "feature-x", "feature_x", "Feature-X"].map(previewNameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(names[0]).toMatch(/^feature-x-[0-9a-f]{6}$/);
});
