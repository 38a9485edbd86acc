import { expect, test } from "vitest";
import { signatureOf } from "./webhooks.ts";

test("the signature covers timestamp and body, in hexadecimal", () => {
  expect(signatureOf("{}", "secret", 1_700_000_000_000)).toMatch(/^t=1700000000000, v1=[0-9a-f]{64}$/);
  expect(signatureOf("{}", "secret", 1)).not.toBe(signatureOf("{}", "secret", 2));
  expect(signatureOf("{}", "secret", 1)).not.toBe(signatureOf("{}", "other", 1));
});
