/** Every form that the app defines: its definition is complete, and a page's action runs it. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { getFunctionName } from "convex/server";
import { expect, it } from "vitest";
import type { FormBase, Mutation } from "../../app/data/define-form.ts";
import { type Browser, jsonOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

type Form = FormBase & { mutation?: Mutation; done?: unknown; reveal?: unknown };

const app = startMosaic();
const root = fileURLToPath(new URL("../../", import.meta.url));

/** Values that at least one check of any field rejects. */
const INVALID = ["", "a\u0007b"];

const AGENT = "/projects/:id/agents/scout"; // agents:line

/** The page of each form, by the name of its definition. */
const PAGES: Record<string, string> = {
  addChannel: "/projects/:id", // agents:line
  addRule: "/projects/:id", // agents:line
  addUsualRules: "/projects/:id", // agents:line
  removeChannel: "/projects/:id", // agents:line
  removeRule: "/projects/:id", // agents:line
  sendTest: "/projects/:id", // agents:line
  addMember: "/projects/:id", // agents:line
  archiveProject: "/projects/:id", // agents:line
  chooseTheme: "/settings",
  createKey: "/projects/:id", // agents:line
  createProject: "/dashboard", // agents:line
  deleteMyAccount: "/settings/account",
  deleteProject: "/projects/:id", // agents:line
  endSessions: "/admin/users",
  leaveProject: "/projects/:id", // agents:line
  muteAgent: AGENT, // agents:line
  removeMember: "/projects/:id", // agents:line
  renameProject: "/projects/:id", // agents:line
  restoreProject: "/projects/:id", // agents:line
  restoreUser: "/admin/users",
  retireAgent: AGENT, // agents:line
  revokeKey: "/projects/:id", // agents:line
  revokeOtherSessions: "/settings/sessions",
  revokeSession: "/settings/sessions",
  saveProfile: "/profile",
  saveRole: "/admin/users",
  saveTimeZone: "/settings",
  suspendUser: "/admin/users",
  setAgentInterval: AGENT, // agents:line
  unmuteAgent: AGENT, // agents:line
  withdrawInvitation: "/projects/:id", // agents:line
};

const forms = await definedForms();

/** Returns every exported definition of app by its name. */
async function definedForms(): Promise<Record<string, Form>> {
  const files = globSync("app/*/*.ts", { cwd: root })
    .filter((file) => !file.endsWith(".test.ts"))
    .filter((file) => /= define(Server)?Form\(/.test(readFileSync(root + file, "utf8")));
  const modules = await Promise.all(files.map((file) => import(root + file) as Promise<object>));
  const exported = modules.flatMap((module) => Object.entries(module));
  return Object.fromEntries(exported.filter(([, value]) => typeof value?.fields === "object"));
}

/** Returns an invalid value for each field of a form. */
function invalidValues({ fields }: Form): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { check }]) => [name, INVALID.find((text) => check(text, {})) ?? ""]),
  );
}

/** Signs the admin in. Returns the browser, and what gives a path the ids of existing entities. */
async function signInAdmin(): Promise<{ admin: Browser; filled: (path: string) => string }> {
  const admin = app.browser();
  let filled = (path: string) => path;
  await signIn(admin, "ada@example.com");
  // agents:start
  const { token } = jsonOf<{ token: string }>(await admin.token());
  const mutate = async <T>(name: string, args: object) =>
    ((await (await app.convex("mutation", name, args, token)).json()) as { value: T }).value;
  const project = await mutate<string>("projects:create", { name: "Forms" });
  const { key } = await mutate<{ key: string }>("projectKeys:create", { projectId: project, name: "K" });
  await app.browser().post("/api/v1/agents/scout/ping", { headers: { authorization: `Bearer ${key}` } });
  filled = (path) => path.replace(":id", project);
  await expect.poll(async () => (await admin.get(filled(AGENT))).status, { timeout: 10_000 }).toBe(200);
  // agents:end
  return { admin, filled };
}

it("lists the page of every form", () => {
  expect(Object.keys(forms).sort()).toEqual(Object.keys(PAGES).sort());
});

it.each(Object.entries(forms))(
  "the form %s has a message for each field, a function and an outcome",
  (_, form) => {
    for (const [name, { check }] of Object.entries(form.fields)) {
      expect(INVALID.map((text) => check(text, {})).join(""), name).toMatch(/^[A-Z].*\.$/);
    }
    if (form.mutation !== undefined) expect(getFunctionName(form.mutation)).toMatch(/^\w+:\w+$/);
    expect(form.done ?? form.reveal).toBeDefined();
  },
);

it("the action of its page rejects every form with invalid values, and the page says why", async () => {
  const { admin, filled } = await signInAdmin();
  const withFields = Object.entries(forms).filter(([, { fields }]) => Object.keys(fields).length > 0);
  for (const [name, form] of withFields) {
    const values = invalidValues(form);
    const answer = await admin.submit(filled(PAGES[name] ?? ""), {
      ...(form.intent && { intent: form.intent }),
      ...values,
    });
    expect(answer.status, name).toBe(400);
    const text = textOf(new Page(answer.text).root);
    const fields = Object.entries(form.fields);
    const unsaid = fields.filter(
      ([field, { check }]) => !text.includes(check(values[field] ?? "", {}) ?? ""),
    );
    // Of the fields without a label, the page shows one message.
    expect(
      unsaid.filter(([, { label }]) => label !== undefined),
      name,
    ).toEqual([]);
    expect(unsaid.length, name).toBeLessThan(fields.length);
  }
});

it("the action of its page runs every form without fields", async () => {
  const scene = await signInAdmin();
  // agents:start
  const left = await scene.admin.submit(scene.filled("/projects/:id"), { intent: "leave" });
  expect(left.status).toBe(400);
  expect(left).toSayAlert(/owner/);
  // agents:end
  expect((await scene.admin.submit("/settings/sessions", { intent: "others" })).status).toBe(303);
  // agents:start
  for (const intent of ["unmute", "retire"]) {
    const answer = await scene.admin.submit(scene.filled(AGENT), { intent });
    expect(answer.status, intent).toBe(303);
  }
  // agents:end
});
