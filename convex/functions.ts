/**
 * Builders for public functions. Each identifies the caller before the function runs.
 * Only this file may import the raw builders; tests/architecture.test.ts enforces it.
 */

import { type PaginationOptions, paginationOptsValidator } from "convex/server";
import { type GenericValidator, type PropertyValidators, type Value, v } from "convex/values";
import { customCtx, customMutation, customQuery } from "convex-helpers/server/customFunctions";
import { addFieldsToValidator } from "convex-helpers/validators";
import type { Doc } from "./_generated/dataModel";
import { type MutationCtx, mutation, type QueryCtx, query } from "./_generated/server";
import {
  type KnownCaller,
  requireCaller,
  requireLeavingCaller,
  requireNewCaller,
  requireSyncingCaller,
} from "./model/caller.ts";
import { isProven } from "./model/edgeProof.ts";
import { edgeSecrets } from "./model/environment.ts";
import { readCaller } from "./model/identity.ts";
import { requireBoundedPage, requirePage } from "./model/paging.ts";
import { rejection } from "./model/rejection.ts";
import { countMutation } from "./model/userLimits.ts";
import { findByWorkOSId } from "./model/users.ts";

/** For signed-in users, synced or not: `ctx.user` may be null. */
export const pageQuery = customQuery(query, customCtx(requireCaller));

/** For signed-in users who are synced: `ctx.user` is the user's row. */
export const viewerQuery = customQuery(query, customCtx(requireUser));
export const viewerMutation = customMutation(mutation, customCtx(counted(requireUser)));

/** For admins only. */
export const adminQuery = customQuery(query, customCtx(requireAdmin));
export const adminMutation = customMutation(mutation, customCtx(counted(requireAdmin)));

/** Like the builders above, for functions that take `paginationOpts`: they return pages of 1 to 100 items. */
export const viewerListQuery = customQuery(query, paginated(requireUser));
export const adminListQuery = customQuery(query, paginated(requireAdmin));

/** For the worker, on behalf of the token's user. `ctx.user` is null before the first sync. */
export const edgeMutation = customMutation(proven(mutation), customCtx(requireCaller));

/** Like `edgeMutation`, for the user's data from WorkOS: the function checks the e-mail. */
export const syncMutation = customMutation(proven(mutation), customCtx(requireSyncingCaller));

/** Like `syncMutation`, for a sign-in: its session is not recorded yet, so the function checks its start. */
export const signInMutation = customMutation(proven(mutation), customCtx(requireNewCaller));

/**
 * For the worker, even after the token has expired: `workosUserId` then names the user that the sealed
 * session authenticated, and `impersonator` who acted as that user. With a valid token, only the token's own
 * user is allowed. Users who may not enter are allowed too, so that their sign-out can be recorded.
 */
export const vouchedMutation = customMutation(proven(mutation), {
  args: { workosUserId: v.optional(v.string()), impersonator: v.optional(v.string()) },
  input: async (ctx, args) => ({ ctx: await requireVouched(ctx, args), args: {} }),
});

/** For the worker, without a user: for example, a request with an API key. */
export const workerMutation = customMutation(proven(mutation), customCtx(rejectRevoked));

/** The query counterpart of `workerMutation`. */
export const workerQuery = customQuery(proven(query), customCtx(rejectRevoked));

/**
 * Clients cannot call internal functions: only crons, the scheduler, other functions and `http.ts` can.
 * `httpAction` is for `http.ts`.
 */
export { httpAction, internalAction, internalMutation, internalQuery } from "./_generated/server";

/**
 * Returns a builder whose functions require the worker's proof in the argument `edge`, and do not see it. A
 * missing or malformed proof is `forbidden`, not a validation error, which would print the arguments.
 */
function proven<Builder extends typeof mutation | typeof query>(builder: Builder): Builder {
  type Definition = {
    args: PropertyValidators;
    returns?: GenericValidator;
    handler: (ctx: QueryCtx, args: Record<string, Value>) => unknown;
  };
  const build = ({ args, handler, ...rest }: Definition) =>
    (builder as (definition: unknown) => unknown)({
      ...rest,
      args: addFieldsToValidator(args, { edge: v.optional(v.any()) }),
      handler: async (ctx: QueryCtx, { edge, ...proved }: Record<string, Value>) => {
        const { name } = await ctx.meta.getFunctionMetadata();
        if (!(await isProven(edgeSecrets(), edge, name, proved, Date.now()))) {
          throw rejection("forbidden", "Only the worker may do this.");
        }
        return await handler(ctx, proved);
      },
    });
  return build as unknown as Builder;
}

/** A token is optional for these calls, but a revoked one is rejected here as everywhere. */
async function rejectRevoked(ctx: QueryCtx) {
  if ((await readCaller(ctx)) !== null) await requireCaller(ctx);
  return {};
}

/** Adds pagination: identifies the caller, then limits the page size requested and returned. */
function paginated<T extends object>(requireCaller: (ctx: QueryCtx) => Promise<T>) {
  return {
    args: { paginationOpts: paginationOptsValidator },
    input: async (ctx: QueryCtx, args: { paginationOpts: PaginationOptions }) => {
      const added = await requireCaller(ctx);
      const paginationOpts = requirePage(args.paginationOpts);
      return {
        ctx: added,
        args: { paginationOpts },
        onSuccess: ({ result }: { result: unknown }) => requireBoundedPage(paginationOpts, result),
      };
    },
  };
}

/** Counts a call of a user against the limit of mutations, after the caller is identified. */
function counted<T extends { user: Doc<"users"> }>(requireCaller: (ctx: QueryCtx) => Promise<T>) {
  return async (ctx: MutationCtx): Promise<T> => {
    const added = await requireCaller(ctx);
    await countMutation(ctx, added.user._id);
    return added;
  };
}

async function requireUser(ctx: QueryCtx): Promise<KnownCaller & { user: Doc<"users"> }> {
  const { caller, user } = await requireCaller(ctx);
  if (user === null)
    throw rejection("forbidden", "Your account is still being set up. Try again in a moment.");
  return { caller, user };
}

async function requireAdmin(ctx: QueryCtx): Promise<KnownCaller & { user: Doc<"users"> }> {
  const known = await requireUser(ctx);
  if (known.user.role !== "admin") throw rejection("forbidden", "Only an admin may do this.");
  return known;
}

async function requireVouched(
  ctx: QueryCtx,
  { workosUserId, impersonator = null }: { workosUserId?: string; impersonator?: string | null },
) {
  if ((await readCaller(ctx)) !== null) {
    const { caller, user } = await requireLeavingCaller(ctx);
    if (workosUserId !== undefined && workosUserId !== caller.workosUserId) {
      throw rejection("forbidden", "That is another person.");
    }
    return { workosUserId: caller.workosUserId, user, caller, impersonator: caller.impersonator };
  }
  if (workosUserId === undefined) throw rejection("unauthenticated", "No user is named.");
  return { workosUserId, user: await findByWorkOSId(ctx, workosUserId), caller: null, impersonator };
}
