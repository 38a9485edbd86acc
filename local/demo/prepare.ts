/**
 * Setup of the demo projects, once per data folder. It uses the app as a user would: sign in, create a
 * project, add members, create an API key.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import type { api as generated } from "../../convex/_generated/api.js";
import { signIn, signOut } from "../sign-in.ts";
import { pastOf } from "./figures.ts";
import { send } from "./send.ts";
import { pastStates } from "./states.ts";
import { DEMO_PROJECTS, type DemoProject } from "./team.ts";

/** References functions by name, because only the app may import the generated file. */
const api = anyApi as unknown as typeof generated;

export type Place = {
  /** The base URL of the app. */
  appUrl: string;
  convexUrl: string;
  /** Stores the API keys between starts. */
  keysFile: string;
  signal: AbortSignal;
};

/** Returns the API key of each demo project, and creates projects that do not exist yet. */
export async function prepareDemo(place: Place): Promise<Record<string, string>> {
  const keys: Record<string, string> = existsSync(place.keysFile)
    ? JSON.parse(readFileSync(place.keysFile, "utf8"))
    : {};
  for (const project of DEMO_PROJECTS) {
    if (keys[project.name] !== undefined) continue;
    keys[project.name] = await makeProject(project, place);
    writeFileSync(place.keysFile, JSON.stringify(keys), { mode: 0o600 });
  }
  return keys;
}

async function makeProject(project: DemoProject, { appUrl, convexUrl, signal }: Place): Promise<string> {
  const cookie = await signIn(appUrl, project.owner);
  const convex = new ConvexHttpClient(convexUrl);
  convex.setAuth(await tokenOf(appUrl, cookie));
  const projectId = await findOrCreate(convex, project.name);
  const { members, invited } = await convex.query(api.projects.get, { projectId });
  const known = new Set([...members.map(({ email }) => email), ...invited]);
  for (const email of project.members) {
    if (!known.has(email)) await convex.mutation(api.projects.addMember, { projectId, email });
  }
  const { key } = await convex.mutation(api.projectKeys.create, { projectId, name: "Demo agents" });
  await signOut(appUrl, cookie);
  const now = Date.now();
  await send({ url: appUrl, key }, pastOf(project.agents, now), signal, pastStates(project.agents, now));
  return key;
}

/**
 * Returns the id of a demo project. It may exist without a stored API key if an earlier start was
 * interrupted.
 */
async function findOrCreate(convex: ConvexHttpClient, name: string): Promise<string> {
  const { projects } = await convex.query(api.pages.dashboard, {});
  const there = projects.find((project) => project.name === name && project.role === "owner");
  return there?._id ?? (await convex.mutation(api.projects.create, { name }));
}

async function tokenOf(appUrl: string, cookie: string): Promise<string> {
  const response = await fetch(`${appUrl}/api/auth/token`, { method: "POST", headers: { cookie } });
  if (!response.ok) throw new Error(`/api/auth/token answered ${response.status}`);
  return ((await response.json()) as { token: string }).token;
}
