/** What `npm run doctor` asks this deployment about itself; being answered at all proves that the edge secret is the same. */
import { v } from "convex/values";
import { workerQuery } from "./functions.ts";
import { setup } from "./model/environment.ts";

const text = v.union(v.string(), v.null());

/** How the deployment is set up, without a secret. */
export const deployment = workerQuery({
  args: {},
  returns: v.object({
    fingerprint: text,
    siteUrl: text,
    workosApiUrl: text,
    workosClientId: text,
    hasWebhookSecret: v.boolean(),
  }),
  handler: async () => setup(),
});
