/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";
import type * as auditLogs from "../auditLogs.js";
import type * as crons from "../crons.js";
import type * as doctor from "../doctor.js";
import type * as edge from "../edge.js";
import type * as functions from "../functions.js";
import type * as http from "../http.js";
import type * as metrics from "../metrics.js";
import type * as migrations from "../migrations.js";
import type * as model_accounts from "../model/accounts.js";
import type * as model_admin from "../model/admin.js";
import type * as model_audit from "../model/audit.js";
import type * as model_auditEvents from "../model/auditEvents.js";
import type * as model_caller from "../model/caller.js";
import type * as model_edgeProof from "../model/edgeProof.js";
import type * as model_environment from "../model/environment.js";
import type * as model_groupBy from "../model/groupBy.js";
import type * as model_hex from "../model/hex.js";
import type * as model_ingestRate from "../model/ingestRate.js";
import type * as model_ingestion from "../model/ingestion.js";
import type * as model_input from "../model/input.js";
import type * as model_invites from "../model/invites.js";
import type * as model_keys from "../model/keys.js";
import type * as model_latest from "../model/latest.js";
import type * as model_lines from "../model/lines.js";
import type * as model_members from "../model/members.js";
import type * as model_memberships from "../model/memberships.js";
import type * as model_metricRules from "../model/metricRules.js";
import type * as model_names from "../model/names.js";
import type * as model_paging from "../model/paging.js";
import type * as model_points from "../model/points.js";
import type * as model_preferences from "../model/preferences.js";
import type * as model_projects from "../model/projects.js";
import type * as model_purge from "../model/purge.js";
import type * as model_ranges from "../model/ranges.js";
import type * as model_rejection from "../model/rejection.js";
import type * as model_roles from "../model/roles.js";
import type * as model_rollups from "../model/rollups.js";
import type * as model_sessionRules from "../model/sessionRules.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_timeZones from "../model/timeZones.js";
import type * as model_userFields from "../model/userFields.js";
import type * as model_userSearch from "../model/userSearch.js";
import type * as model_userSync from "../model/userSync.js";
import type * as model_users from "../model/users.js";
import type * as model_webhookSignature from "../model/webhookSignature.js";
import type * as model_workosEvents from "../model/workosEvents.js";
import type * as pages from "../pages.js";
import type * as preferences from "../preferences.js";
import type * as projectKeys from "../projectKeys.js";
import type * as projects from "../projects.js";
import type * as purges from "../purges.js";
import type * as sessions from "../sessions.js";
import type * as users from "../users.js";
import type * as webhooks from "../webhooks.js";

/**
 * A utility for referencing Convex functions in your app's API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
declare const fullApi: ApiFromModules<{
  auditLogs: typeof auditLogs;
  crons: typeof crons;
  doctor: typeof doctor;
  edge: typeof edge;
  functions: typeof functions;
  http: typeof http;
  metrics: typeof metrics;
  migrations: typeof migrations;
  "model/accounts": typeof model_accounts;
  "model/admin": typeof model_admin;
  "model/audit": typeof model_audit;
  "model/auditEvents": typeof model_auditEvents;
  "model/caller": typeof model_caller;
  "model/edgeProof": typeof model_edgeProof;
  "model/environment": typeof model_environment;
  "model/groupBy": typeof model_groupBy;
  "model/hex": typeof model_hex;
  "model/ingestRate": typeof model_ingestRate;
  "model/ingestion": typeof model_ingestion;
  "model/input": typeof model_input;
  "model/invites": typeof model_invites;
  "model/keys": typeof model_keys;
  "model/latest": typeof model_latest;
  "model/lines": typeof model_lines;
  "model/members": typeof model_members;
  "model/memberships": typeof model_memberships;
  "model/metricRules": typeof model_metricRules;
  "model/names": typeof model_names;
  "model/paging": typeof model_paging;
  "model/points": typeof model_points;
  "model/preferences": typeof model_preferences;
  "model/projects": typeof model_projects;
  "model/purge": typeof model_purge;
  "model/ranges": typeof model_ranges;
  "model/rejection": typeof model_rejection;
  "model/roles": typeof model_roles;
  "model/rollups": typeof model_rollups;
  "model/sessionRules": typeof model_sessionRules;
  "model/sessions": typeof model_sessions;
  "model/timeZones": typeof model_timeZones;
  "model/userFields": typeof model_userFields;
  "model/userSearch": typeof model_userSearch;
  "model/userSync": typeof model_userSync;
  "model/users": typeof model_users;
  "model/webhookSignature": typeof model_webhookSignature;
  "model/workosEvents": typeof model_workosEvents;
  pages: typeof pages;
  preferences: typeof preferences;
  projectKeys: typeof projectKeys;
  projects: typeof projects;
  purges: typeof purges;
  sessions: typeof sessions;
  users: typeof users;
  webhooks: typeof webhooks;
}>;
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;
