import { expect, test } from "vitest";
import { isChallenge, verifierFits } from "./pkce.ts";

// The example of RFC 7636, appendix B.
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

test("the verifier of the RFC's example fits its challenge, and no other does", () => {
  expect(isChallenge(CHALLENGE)).toBe(true);
  expect(verifierFits(VERIFIER, CHALLENGE)).toBe(true);
  expect(verifierFits(VERIFIER.replace("d", "e"), CHALLENGE)).toBe(false);
  expect(verifierFits("", CHALLENGE)).toBe(false);
});

test("what is too short or has other characters is neither", () => {
  expect(isChallenge(CHALLENGE.slice(1))).toBe(false);
  expect(isChallenge(`${CHALLENGE.slice(1)}=`)).toBe(false);
  expect(verifierFits("a".repeat(42), CHALLENGE)).toBe(false);
  expect(verifierFits("a".repeat(129), CHALLENGE)).toBe(false);
});
