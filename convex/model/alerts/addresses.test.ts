/** Addresses of webhooks, in every notation. */
import { describe, expect, test } from "vitest";
import { slackUrl, webhookUrl } from "./addresses.ts";

const isAllowed = (url: string, allowLoopback = false) => "url" in webhookUrl(url, allowLoopback);

describe("addresses of webhooks", () => {
  test.each([
    "https://example.com/hook?a=b#c",
    "https://EXAMPLE.com:8443/",
    "https://hooks.example.co.uk",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://bücher.example/",
    "https://localhost.example.com/",
    "https://internal.example.com/",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
  ])("allows %s", (url) => expect(isAllowed(url)).toBe(true));

  test.each([
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1"],
    ["0.0.0.0", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "255.255.255.255"],
    // Decimal, octal, hexadecimal, short, mixed and full-width notations of 127.0.0.1 and 10.0.0.1.
    ["2130706433", "017700000001", "0x7f000001", "127.1", "0177.0.0.1", "0x7f.1", "１２７.０.０.１", "10.1"],
    ["127.0.0.1.", "%31%32%37.0.0.1", "167772161"],
    ["[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:a00:1]"],
    ["[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[2001:db8::1]"],
    ["[2002:7f00:1::]", "[2001:0:7f00:1::]", "[100::1]", "[fec0::1]", "[3fff::1]"],
    ["localhost", "LOCALHOST.", "a.localhost", "printer.local", "db.internal", "db.internal.", "intranet"],
  ])("rejects hosts like %s", (...hosts) => {
    for (const host of hosts) expect(isAllowed(`https://${host}/hook`), host).toBe(false);
  });

  test.each([
    ["http://example.com/", "ftp://example.com/", "javascript:alert(1)", "file:///etc/passwd"],
    ["https://user@example.com/", "https://user:password@example.com/", "https://:password@example.com/"],
    [
      "",
      "example.com",
      "https://",
      "https:///",
      "https://exa mple.com/",
      `https://example.com/${"x".repeat(2_000)}`,
    ],
  ])("rejects %s", (...urls) => {
    for (const url of urls) expect(isAllowed(url), url).toBe(false);
  });

  test("with a local Convex backend, receivers on this machine are allowed too, and no other private one", () => {
    for (const url of [
      "http://127.0.0.1:9/",
      "https://localhost:9/",
      "http://[::1]:9/",
      "http://2130706433/",
    ]) {
      expect(isAllowed(url, true), url).toBe(true);
    }
    for (const url of [
      "http://10.0.0.1/",
      "http://example.com/",
      "http://u@127.0.0.1/",
      "ftp://127.0.0.1/",
    ]) {
      expect(isAllowed(url, true), url).toBe(false);
    }
  });

  test("a Slack webhook is at hooks.slack.com", () => {
    expect(slackUrl(" https://hooks.slack.com/services/T/B/x ")).toEqual({
      url: "https://hooks.slack.com/services/T/B/x",
    });
    for (const url of [
      "https://hooks.slack.com.example.com/x",
      "https://slack.com/x",
      "http://hooks.slack.com/x",
    ]) {
      expect(slackUrl(url), url).toHaveProperty("problem");
    }
  });
});
