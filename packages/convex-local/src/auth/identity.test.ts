import { expect, test } from "vitest";
import { identityFrom } from "./identity.ts";

const custom = { type: "customJwt", issuer: "https://issuer", jwks: "data:,", algorithm: "RS256" } as const;
const oidc = { domain: "https://issuer", applicationID: "app" };
const claims = { iss: "https://issuer", sub: "ada", aud: "app", iat: 1, exp: 2, nbf: 1, jti: "x" };

test("a refreshed token has the same identity", () => {
  const later = { ...claims, iat: 100, exp: 200, jti: "y" };
  expect(identityFrom(custom, later)).toEqual(identityFrom(custom, claims));
});

test("claims cannot override the issuer and the subject of the token", () => {
  const forged = { ...claims, tokenIdentifier: "https://issuer|eve", subject: "eve", issuer: "https://eve" };
  for (const provider of [custom, oidc]) {
    expect(identityFrom(provider, forged)).toMatchObject({
      tokenIdentifier: "https://issuer|ada",
      subject: "ada",
      issuer: "https://issuer",
    });
  }
});

test("nested claims of custom tokens get dotted names, and arrays stay arrays", () => {
  expect(identityFrom(custom, { ...claims, a: { b: { c: 1 }, d: null }, e: [{ f: 1 }] })).toMatchObject({
    "a.b.c": 1,
    "a.d": null,
    e: [{ f: 1 }],
  });
});
