/** Alerts on the pages, without JavaScript, and the health check of their evaluation. */
import { expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

async function signInOwner(): Promise<{ browser: Browser; email: string; path: string; projectId: string }> {
  const browser = app.browser();
  const email = app.person();
  await signIn(browser, email);
  const projectId = await call<string>(browser, "projects:create", { name: "Engine" });
  return { browser, email, path: `/projects/${projectId}`, projectId };
}

async function call<T>(browser: Browser, name: string, args: Record<string, unknown>): Promise<T> {
  const { token } = jsonOf<{ token: string }>(await browser.token());
  const answer = await app.convex("mutation", name, args, token);
  return ((await answer.json()) as { value: T }).value;
}

const textAt = async (browser: Browser, path: string) =>
  textOf(new Page((await browser.get(path)).text).root);

it("a failed agent is one email in the outbox, and its return one more; both pages show the incident", async () => {
  const { browser, email, path, projectId } = await signInOwner();
  expect((await browser.submit(path, { intent: "usual-rules" })).status).toBe(303);
  const { key } = await call<{ key: string }>(browser, "projectKeys:create", { projectId, name: "Key" });
  const report = (state: string) =>
    app.browser().post("/api/v1/agents/scout/status", {
      headers: { authorization: `Bearer ${key}` },
      json: { state },
    });
  const outbox = async () => {
    const emails = (await (await fetch(`${app.workosUrl}/outbox.json`)).json()) as {
      to: string;
      subject: string;
      kind: string;
    }[];
    return emails.filter(({ to }) => to === email).map(({ subject, kind }) => `${kind}: ${subject}`);
  };
  expect((await report("failed")).status).toBe(202);
  await expect.poll(outbox).toEqual(["alert: Engine: scout failed"]);
  expect(await textAt(browser, "/alerts")).toMatch(/scout\s*failed.*Engine.*Open/);
  // The home sentence and the tile.
  for (const list of ["/", "/dashboard"]) {
    expect(await textAt(browser, list)).toMatch(
      /1 agent needs attention:\s*scout.*1 open incident.*scout\s*1 open incident/,
    );
  }
  expect(await textAt(browser, path)).toMatch(
    /Incidents.*scout\s*failed.*Open.*Deliveries.*Incident opened.*Delivered/,
  );
  expect((await report("done")).status).toBe(202);
  await expect
    .poll(outbox)
    .toEqual(["alert: Engine: closed (recovered): scout failed", "alert: Engine: scout failed"]);
  expect(await textAt(browser, "/")).not.toContain("open incident");
  expect(await textAt(browser, "/alerts")).toMatch(
    /No open incidents.*Recent incidents.*scout\s*failed.*recovered/,
  );
});

const secretIn = ({ text }: { text: string }) => /whsec_[\w+/]{43}=/.exec(textOf(new Page(text).root))?.[0];

it("rules and channels are added and removed by forms, and a webhook's secret is shown once", async () => {
  const { browser, path } = await signInOwner();
  const submit = (values: Record<string, string>) => browser.submit(path, values);
  const threshold = { intent: "add-rule", when: "threshold", agent: "", of: "mean", over: "5m", is: "above" };
  const invalid = await submit({ ...threshold, metric: "latency", value: "1e999" });
  expect(invalid.status).toBe(400);
  const again = new Page(invalid.text);
  expect(again.field("Metric")?.attributes.value).toBe("latency");
  expect(textOf(again.root)).toContain("Use a number.");
  expect((await submit({ ...threshold, metric: "latency", value: "2.5" })).status).toBe(303);
  expect((await submit({ intent: "add-rule", when: "waiting", agent: "", minutes: "1441" })).status).toBe(
    400,
  );
  const twice = await submit({ ...threshold, metric: "latency", value: "2.5" });
  expect(twice.status).toBe(400);
  expect(twice).toSayAlert(/same rule/);

  // A double click makes one thing, and both answers say so. The random value is in the form's HTML.
  const formOf = async (button: string) => new Page((await browser.get(path)).text).form(button)?.fields;
  const addRule = { ...(await formOf("Add rule")), when: "silent" };
  for (const click of [1, 2]) expect((await submit(addRule)).status, `click ${click}`).toBe(303);

  const address = { intent: "add-channel", channel: "webhook", address: "https://10.0.0.1/" };
  const rejected = await submit(address);
  expect(rejected.status).toBe(400);
  expect(textOf(new Page(rejected.text).root)).toContain("Use a public host");
  const created = await submit({ ...address, address: "http://127.0.0.1:9/alerts" });
  expect(created.status).toBe(200);
  expect(new Page(created.text).role("status").join(" ")).toMatch(/whsec_[\w+/]{43}=/);
  expect(created.headers.get("cache-control")).toContain("no-store");
  const addChannel = {
    ...(await formOf("Add channel")),
    channel: "webhook",
    address: "http://127.0.0.1:9/other",
  };
  const secrets = [];
  for (let click = 1; click <= 2; click++) secrets.push(secretIn(await submit(addChannel)));
  expect(secrets[0]).toMatch(/^whsec_/);
  expect(secrets[1]).toBe(secrets[0]);
  const test = (await formOf("Send a test")) ?? {};
  for (const click of [1, 2]) expect((await submit(test)).status, `click ${click}`).toBe(303);
  expect(await textAt(browser, path)).toMatch(/Deliveries(?=(.*Test ·){2})(?!(.*Test ·){3})/);

  const page = new Page((await browser.get(path)).text);
  const text = textOf(page.root);
  expect(text).not.toContain("whsec_");
  expect(text).toMatch(/Any agent\s*has mean of latency over 5 minutes above 2.5/);
  for (const button of ["Remove rule", "Remove rule", "Remove channel", "Remove channel"]) {
    expect((await submit({ ...(await formOf(button)) })).status, button).toBe(303);
  }
  expect(await textAt(browser, path)).toMatch(/No rules.*No channels/);
});

it("a form over a limit says what to do and keeps the input", async () => {
  const { browser, path, projectId } = await signInOwner();
  const address = (number: number) => `http://127.0.0.1:9/${number}`;
  for (let made = 0; made < 5; made++) {
    await call(browser, "alertChannels:create", { projectId, kind: "webhook", address: address(made) });
  }
  const answer = await browser.submit(path, {
    ...{ intent: "add-channel", channel: "webhook", address: address(5) },
  });
  expect(answer.status).toBe(400);
  expect(answer).toSayAlert(/at most 5 channels. Remove one first/);
  expect(new Page(answer.text).field("Address")?.attributes.value).toBe(address(5));
});

it("members see rules and incidents but no controls and no address, and their forms get 403", async () => {
  const { browser, path, projectId } = await signInOwner();
  await browser.submit(path, { intent: "usual-rules" });
  const member = app.browser();
  const email = app.person();
  await signIn(member, email);
  await call(browser, "projects:addMember", { projectId, email });
  const page = new Page((await member.get(path)).text);
  expect(textOf(page.root)).toMatch(/Any agent\s*is silent/);
  for (const button of ["Add rule", "Remove rule", "Add the usual rules", "Add channel", "Send a test"]) {
    expect(page.form(button), button).toBeUndefined();
  }
  expect((await member.submit(path, { intent: "usual-rules" })).status).toBe(403);
  expect((await member.submit(path, { intent: "send-test" })).status).toBe(403);
});

it("/healthz?deep says whether alerts are evaluated, to those who have the secret", async () => {
  const path = "/healthz?deep";
  expect((await app.browser().get(path)).status).toBe(404);
  const secret = "health-secret-of-the-tests-0123456789";
  const site = await app.another({ HEALTH_SECRET: secret });
  const ask = (value: string) =>
    app.browser(site).get(path, { headers: { authorization: `Bearer ${value}` } });
  for (const wrong of ["", "wrong", secret.slice(1)]) expect((await ask(wrong)).status).toBe(401);
  expect((await app.browser(site).get(path)).status).toBe(401);
  const evaluated = async () => {
    const answer = await ask(secret);
    return { status: answer.status, body: jsonOf(answer) };
  };
  // The cron runs each 20 s, and the answer may be 10 s old.
  await expect
    .poll(evaluated, { timeout: 40_000, interval: 1_000 })
    .toEqual({ status: 200, body: { status: "ok", evaluatedAt: expect.any(Number) } });
  expect(jsonOf(await app.browser(site).get("/healthz"))).toMatchObject({ status: "ok" });
}, 60_000);
