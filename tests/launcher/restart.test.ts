import { afterEach, expect, it } from "vitest";
import { signIn } from "../../local/demo/sign-in.ts";
import { cleanUp, run } from "./copy.ts";

afterEach(cleanUp);

it("a restart signs nobody out, and loses nothing", async () => {
  const first = await run("start");
  await first.ready();
  const url = `http://localhost:${first.ports.app}`;
  const cookie = await signIn(url, "grace@example.com");
  const created = await fetch(`${url}/dashboard`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie },
    body: new URLSearchParams({ name: "Survivor" }),
  });
  expect(created.status).toBe(303);
  first.npm.kill("SIGTERM");
  expect(await first.exited).toBe(0);

  const second = await run("start", { ports: first.ports, localDir: first.localDir });
  await second.ready();
  const page = await fetch(`${url}/dashboard`, { headers: { cookie }, redirect: "manual" });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Survivor");
  // A new token for the old refresh token: the stand-in has kept its keys and its sessions.
  const token = await fetch(`${url}/api/auth/token`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ forceRefresh: true }),
  });
  expect(token.status).toBe(200);
});
