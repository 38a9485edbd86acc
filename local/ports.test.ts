import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { busyMessage, busyPorts, portsFrom } from "./ports.ts";

describe("the ports of a copy", () => {
  it("are PORT, by default 8787, and the three after it", () => {
    expect(portsFrom(undefined)).toEqual({ app: 8787, workos: 8788, convex: 8789, convexSite: 8790 });
    expect(portsFrom("9000")).toEqual({ app: 9000, workos: 9001, convex: 9002, convexSite: 9003 });
  });

  it.each(["0", "-1", "65533", "80.5", "http", " "])("are rejected for PORT=%j", (value) => {
    expect(() => portsFrom(value)).toThrow(RangeError);
  });

  it.each(["127.0.0.1", "::1", "0.0.0.0"])("are busy while another server listens on %s", async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as { port: number };
    expect(await busyPorts([port])).toEqual([port]);
    await new Promise((resolve) => server.close(resolve));
    expect(await busyPorts([port])).toEqual([]);
  });

  it("are listed in one line if they are busy", () => {
    expect(busyMessage([8787])).toMatch(/^Port 8787 is in use\..*$/);
    expect(busyMessage([8788, 8789])).toMatch(/^Ports 8788, 8789 are in use\..*$/);
  });
});
