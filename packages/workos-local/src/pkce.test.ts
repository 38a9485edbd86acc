import { expect, test } from "vitest";
import { isChallenge, verifierMatches } from "./pkce.ts";

// The example of RFC 7636, appendix B.
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

test("only the verifier of the RFC's example matches its challenge", () => {
  expect(isChallenge(CHALLENGE)).toBe(true);
  expect(verifierMatches(VERIFIER, CHALLENGE)).toBe(true);
  expect(verifierMatches(VERIFIER.replace("d", "e"), CHALLENGE)).toBe(false);
  expect(verifierMatches("", CHALLENGE)).toBe(false);
});

test("rejects challenges and verifiers with a wrong length or wrong characters", () => {
  expect(isChallenge(CHALLENGE.slice(1))).toBe(false);
  expect(isChallenge(`${CHALLENGE.slice(1)}=`)).toBe(false);
  expect(verifierMatches("a".repeat(42), CHALLENGE)).toBe(false);
  expect(verifierMatches("a".repeat(129), CHALLENGE)).toBe(false);
});
