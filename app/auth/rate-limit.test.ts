import { describe, expect, it } from "vitest";
import { clientNetwork } from "./rate-limit.ts";

describe("the rate limit key of a client's address", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002:ffff::1", "2001:db8:1:2::/64"],
    ["2001:DB8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:192.0.2.1", "0:0:0:0::/64"],
    ["", ""],
  ])("for %s is %s", (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});
