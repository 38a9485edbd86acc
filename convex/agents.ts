/** Agents of a project: read by its members, adjusted by its owner and admins. */
import { v } from "convex/values";
import { viewerMutation, viewerQuery, workerMutation } from "./functions.ts";
import { detailedAgentShape, detailsOf } from "./model/agentDetails.ts";
import { muteAgent, retireAgent, setAgentInterval } from "./model/agentSettings.ts";
import { historyOf, requireAgent, stateChangeShape } from "./model/agents.ts";
import { drawnAgents, findOverview, listedAgentShape, withoutLine } from "./model/overview.ts";
import { timeZoneOf } from "./model/preferences.ts";
import { requireManagedProject, requireProject } from "./model/projects.ts";
import { readAgents, readOutcomeShape } from "./model/reading.ts";

const ofProject = { projectId: v.string() };
const ofAgent = { projectId: v.string(), agent: v.string() };

/** Returns the agents that are not retired, by name. */
export const list = viewerQuery({
  args: ofProject,
  returns: v.array(listedAgentShape),
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    const timeZone = await timeZoneOf(ctx, ctx.user._id);
    return drawnAgents(await findOverview(ctx, project._id), timeZone).map(withoutLine);
  },
});

/** Returns one agent with all its time series, retired or not. */
export const get = viewerQuery({
  args: ofAgent,
  returns: detailedAgentShape,
  handler: async (ctx, { projectId, agent }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    const found = await requireAgent(ctx, project._id, agent);
    return await detailsOf(ctx, found, await timeZoneOf(ctx, ctx.user._id));
  },
});

/** Returns the last changes of an agent's state, newest first. */
export const history = viewerQuery({
  args: ofAgent,
  returns: v.array(stateChangeShape),
  handler: async (ctx, { projectId, agent }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await historyOf(ctx, await requireAgent(ctx, project._id, agent));
  },
});

/** Sets the expected interval between reports; null for the learned one. */
export const setInterval = viewerMutation({
  args: { ...ofAgent, everyMs: v.union(v.number(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { projectId, agent, everyMs }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    await setAgentInterval(ctx, ctx.user, project, agent, everyMs);
    return null;
  },
});

/** Mutes an agent until a time; null ends the muting. */
export const mute = viewerMutation({
  args: { ...ofAgent, until: v.union(v.number(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { projectId, agent, until }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    await muteAgent(ctx, ctx.user, project, agent, until);
    return null;
  },
});

/** Retires an agent: it is not shown and not counted until it reports again. */
export const retire = viewerMutation({
  args: ofAgent,
  returns: v.null(),
  handler: async (ctx, { projectId, agent }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    await retireAgent(ctx, ctx.user, project, agent);
    return null;
  },
});

/** Returns the agents of the project of an API key that may read. A mutation, because it notes the use. */
export const read = workerMutation({
  args: { keyHash: v.string() },
  returns: readOutcomeShape,
  handler: async (ctx, { keyHash }) => await readAgents(ctx, keyHash),
});
