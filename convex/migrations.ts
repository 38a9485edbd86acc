/**
 * Migrations of stored data, in batches. Run one by hand after a deploy that needs it: `npx convex run
 * migrations:rebuildUserSearch '{"fn": "migrations:rebuildUserSearch"}'`. Migrations are idempotent.
 */
import { makeMigration } from "convex-helpers/server/migrations";
import { internalMutation } from "./functions.ts";
import { saveSearchTerms } from "./model/userSearch.ts";

const migration = makeMigration(internalMutation, { migrationTable: "migrations" });

/** Rebuilds the search rows of all users. Run it after a change of the search terms. */
export const rebuildUserSearch = migration({
  table: "users",
  migrateOne: async (ctx, user) => {
    await saveSearchTerms(ctx, user);
  },
});
