import { describe, expect, it } from "vitest";
import { asciiDomain, type EntryRule, emailDomainsIn, entryProblem } from "./entryRule.ts";

const ada = { email: "ada@example.com", emailVerified: true, organizationId: "org_1" };
const rule = (organizationId: string | null, domains: string): EntryRule => ({
  organizationId,
  emailDomains: emailDomainsIn(domains),
});

describe("entryProblem", () => {
  it.each([
    ["everyone without a rule", rule(null, ""), ada, null],
    ["a member of the organization", rule("org_1", ""), ada, null],
    ["a member of another organization", rule("org_2", ""), ada, "organization"],
    ["a user without an organization", rule("org_1", ""), { ...ada, organizationId: null }, "organization"],
    ["a part of the organization's id", rule("org_12", ""), ada, "organization"],
    ["an allowed domain", rule(null, "other.example, EXAMPLE.com"), ada, null],
    ["an e-mail in capitals", rule(null, "example.com"), { ...ada, email: "Ada@EXAMPLE.COM" }, null],
    [
      "an e-mail with spaces around it",
      rule(null, "example.com"),
      { ...ada, email: " a@example.com " },
      null,
    ],
    ["an e-mail with a space in its domain", rule(null, "b.com"), { ...ada, email: "a@ b.com" }, "domain"],
    ["an unverified e-mail", rule(null, "example.com"), { ...ada, emailVerified: false }, "unverified"],
    ["a subdomain", rule(null, "example.com"), { ...ada, email: "ada@eu.example.com" }, "domain"],
    ["the parent domain", rule(null, "eu.example.com"), ada, "domain"],
    ["a domain with this ending", rule(null, "example.com"), { ...ada, email: "a@badexample.com" }, "domain"],
    [
      "a domain in the local part",
      rule(null, "example.com"),
      { ...ada, email: "a@example.com@b.co" },
      "domain",
    ],
    [
      "a domain followed by a path",
      rule(null, "example.com"),
      { ...ada, email: "a@example.com/.b" },
      "domain",
    ],
    ["an e-mail without a domain", rule(null, "example.com"), { ...ada, email: "" }, "domain"],
    [
      "an international domain",
      rule(null, "bücher.example"),
      { ...ada, email: "a@xn--bcher-kva.example" },
      null,
    ],
    ["its other form", rule(null, "xn--bcher-kva.example"), { ...ada, email: "a@BÜCHER.example" }, null],
    ["both rules satisfied", rule("org_1", "example.com"), ada, null],
    ["only the domain satisfied", rule("org_2", "example.com"), ada, "organization"],
    ["only the organization satisfied", rule("org_1", "other.example"), ada, "domain"],
    ["a list in which every entry is malformed", rule(null, "@, *.example.com"), ada, "domain"],
  ])("decides about %s", (_what, given, user, expected) => {
    expect(entryProblem(given, user)).toBe(expected);
  });
});

it.each([
  "",
  "com",
  "@example.com",
  "https://example.com",
  "*.example.com",
  "exa mple.com",
  "a.com:80",
  "a%2e.com",
])("%j is not a domain", (text) => {
  expect(asciiDomain(text)).toBeNull();
});
