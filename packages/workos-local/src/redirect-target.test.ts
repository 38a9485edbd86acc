import { expect, test } from "vitest";
import { redirectTarget } from "./redirect-target.ts";

test.each([
  "http://localhost:8787/callback",
  "https://127.0.0.1/",
  "http://[::1]:1/x?y=1",
  "http://LOCALHOST/",
])("accepts the loopback address %s", (value) => {
  expect(redirectTarget(value)?.href).toBe(new URL(value).href);
});

test.each([
  "",
  "/callback",
  "//localhost/",
  "localhost:8787/callback",
  "https://evil.example/",
  "http://localhost.evil.example/",
  "http://localhost@evil.example/",
  "http://user:secret@localhost/",
  "http://127.0.0.1.evil.example/",
  "http://[::2]/",
  "javascript:alert(1)//localhost",
  "ftp://localhost/",
])("rejects %j", (value) => {
  expect(redirectTarget(value)).toBeNull();
});

test("with registered addresses, accepts only exact matches", () => {
  const registered = ["https://app.example/callback"];
  expect(redirectTarget("https://app.example/callback", registered)?.href).toBe(
    "https://app.example/callback",
  );
  for (const other of ["https://app.example/callback/", "https://app.example/", "http://localhost/"])
    expect(redirectTarget(other, registered)).toBeNull();
});
