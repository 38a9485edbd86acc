/** Query for `npm run doctor`. Any answer proves that both sides share an edge secret. */
import { v } from "convex/values";
import { workerQuery } from "./functions.ts";
import { hasActiveAdmin } from "./model/admin.ts";
import { setup } from "./model/environment.ts";

const text = v.union(v.string(), v.null());

/** Returns the deployment's settings, without secrets. */
export const deployment = workerQuery({
  args: {},
  returns: v.object({
    fingerprint: text,
    siteUrl: text,
    workosApiUrl: text,
    workosClientId: text,
    workosIssuer: text,
    hasWebhookSecret: v.boolean(),
    organizationId: text,
    emailDomains: v.union(v.array(v.string()), v.null()),
    hasActiveAdmin: v.boolean(),
  }),
  handler: async (ctx) => ({ ...setup(), hasActiveAdmin: await hasActiveAdmin(ctx) }),
});
