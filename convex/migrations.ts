/**
 * Migrations of stored data, in batches. They start by themselves, or by hand: `npx convex run
 * migrations:rebuildUserSearch '{"fn": "migrations:rebuildUserSearch"}'`. Migrations are idempotent, and a
 * stopped one continues at its cursor.
 */
import { makeMigration } from "convex-helpers/server/migrations";
import { internalMutation } from "./functions.ts";
import { HOUR_MS, MINUTE_MS } from "./model/intervals.ts";
import { moveHour, moveLatestValue, redrawOverview } from "./model/legacy.ts";
import { copyOf } from "./model/memberships.ts";
import { timeZoneOf } from "./model/preferences.ts";
import { saveSearchTerms } from "./model/userSearch.ts";

const migration = makeMigration(internalMutation, { migrationTable: "migrations" });

/** Rebuilds the search rows of all users. Run it after a change of the search terms. */
export const rebuildUserSearch = migration({
  table: "users",
  migrateOne: async (ctx, user) => {
    await saveSearchTerms(ctx, user);
  },
});

// agents:start
/** Gives each membership its copy of the project and its user's time zone. The first of the four below. */
export const copyProjects = migration({
  table: "projectMembers",
  migrateOne: async (ctx, { projectId, userId, project: known }) => {
    const project = known === undefined ? await ctx.db.get("projects", projectId) : null;
    if (project === null) return;
    const timeZone = await timeZoneOf(ctx, userId);
    return { project: copyOf(project), ...(timeZone !== null && { timeZone }) };
  },
});

/** Moves latest values to agents, time series and overviews. */
export const moveLatest = migration({
  table: "latestMetrics",
  // Each row writes the overview of its project.
  batchSize: 20,
  migrateOne: async (ctx, latest) => await moveLatestValue(ctx, latest),
});

/** Moves minutes and hours to chunks. */
export const moveRollups = migration({
  table: "stats",
  customRange: (q) => q.withIndex("by_width", (w) => w.eq("width", HOUR_MS)),
  batchSize: 20,
  migrateOne: async (ctx, row) => await moveHour(ctx, row),
});

/** Removes buckets of ten minutes: charts now make them from minutes. */
export const removeTenMinutes = migration({
  table: "stats",
  customRange: (q) => q.withIndex("by_width", (w) => w.eq("width", 10 * MINUTE_MS)),
  migrateOne: async (ctx, row) => {
    await ctx.db.delete("stats", row._id);
  },
});

/** Draws the sparklines of all overviews, after `moveRollups`. */
export const redrawOverviews = migration({
  table: "overviews",
  batchSize: 5,
  migrateOne: async (ctx, overview) => await redrawOverview(ctx, overview),
});
// agents:end
