/**
 * Changes to data that is already there, a batch at a time, run once by hand after a deploy that needs them:
 * `npx convex run migrations:rebuildUserSearch '{"fn": "migrations:rebuildUserSearch"}'`. Running one again is harmless.
 */
import { makeMigration } from "convex-helpers/server/migrations";
import { internalMutation } from "./functions.ts";
import { saveSearchTerms } from "./model/userSearch.ts";

const migration = makeMigration(internalMutation, { migrationTable: "migrations" });

/** After a change of what an admin's search finds people by: makes everyone's rows anew. */
export const rebuildUserSearch = migration({
  table: "users",
  migrateOne: async (ctx, user) => {
    await saveSearchTerms(ctx, user);
  },
});
