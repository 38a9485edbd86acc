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
import type * as agents from "../agents.js";
import type * as alertChannels from "../alertChannels.js";
import type * as alertDeliveries from "../alertDeliveries.js";
import type * as alertRules from "../alertRules.js";
import type * as alertSending from "../alertSending.js";
import type * as alerting from "../alerting.js";
import type * as auditLogs from "../auditLogs.js";
import type * as compaction from "../compaction.js";
import type * as crons from "../crons.js";
import type * as doctor from "../doctor.js";
import type * as edge from "../edge.js";
import type * as functions from "../functions.js";
import type * as http from "../http.js";
import type * as incidents from "../incidents.js";
import type * as jobs from "../jobs.js";
import type * as metrics from "../metrics.js";
import type * as migrations from "../migrations.js";
import type * as model_accounts from "../model/accounts.js";
import type * as model_admin from "../model/admin.js";
import type * as model_agentDetails from "../model/agentDetails.js";
import type * as model_agentSettings from "../model/agentSettings.js";
import type * as model_agents from "../model/agents.js";
import type * as model_alerts_addresses from "../model/alerts/addresses.js";
import type * as model_alerts_channels from "../model/alerts/channels.js";
import type * as model_alerts_deliveries from "../model/alerts/deliveries.js";
import type * as model_alerts_dropChannel from "../model/alerts/dropChannel.js";
import type * as model_alerts_dues from "../model/alerts/dues.js";
import type * as model_alerts_emailChannels from "../model/alerts/emailChannels.js";
import type * as model_alerts_evaluate from "../model/alerts/evaluate.js";
import type * as model_alerts_incidents from "../model/alerts/incidents.js";
import type * as model_alerts_judge from "../model/alerts/judge.js";
import type * as model_alerts_marks from "../model/alerts/marks.js";
import type * as model_alerts_messages from "../model/alerts/messages.js";
import type * as model_alerts_outages from "../model/alerts/outages.js";
import type * as model_alerts_outbox from "../model/alerts/outbox.js";
import type * as model_alerts_pageAlerts from "../model/alerts/pageAlerts.js";
import type * as model_alerts_ruleShapes from "../model/alerts/ruleShapes.js";
import type * as model_alerts_ruleStore from "../model/alerts/ruleStore.js";
import type * as model_alerts_rules from "../model/alerts/rules.js";
import type * as model_alerts_sending from "../model/alerts/sending.js";
import type * as model_alerts_signature from "../model/alerts/signature.js";
import type * as model_alerts_tables from "../model/alerts/tables.js";
import type * as model_alerts_usualRules from "../model/alerts/usualRules.js";
import type * as model_alerts_windows from "../model/alerts/windows.js";
import type * as model_audit from "../model/audit.js";
import type * as model_auditEvents from "../model/auditEvents.js";
import type * as model_batches from "../model/batches.js";
import type * as model_buckets from "../model/buckets.js";
import type * as model_caller from "../model/caller.js";
import type * as model_charts from "../model/charts.js";
import type * as model_chunks from "../model/chunks.js";
import type * as model_compactor from "../model/compactor.js";
import type * as model_days from "../model/days.js";
import type * as model_deletion from "../model/deletion.js";
import type * as model_derived from "../model/derived.js";
import type * as model_distribution from "../model/distribution.js";
import type * as model_drops from "../model/drops.js";
import type * as model_edgeProof from "../model/edgeProof.js";
import type * as model_entryRule from "../model/entryRule.js";
import type * as model_environment from "../model/environment.js";
import type * as model_fold from "../model/fold.js";
import type * as model_folding from "../model/folding.js";
import type * as model_gone from "../model/gone.js";
import type * as model_groupBy from "../model/groupBy.js";
import type * as model_health from "../model/health.js";
import type * as model_hex from "../model/hex.js";
import type * as model_identity from "../model/identity.js";
import type * as model_ingestion from "../model/ingestion.js";
import type * as model_input from "../model/input.js";
import type * as model_intervals from "../model/intervals.js";
import type * as model_invites from "../model/invites.js";
import type * as model_issuers from "../model/issuers.js";
import type * as model_items from "../model/items.js";
import type * as model_jobs from "../model/jobs.js";
import type * as model_keyScopes from "../model/keyScopes.js";
import type * as model_keyUses from "../model/keyUses.js";
import type * as model_keys from "../model/keys.js";
import type * as model_kinds from "../model/kinds.js";
import type * as model_legacy from "../model/legacy.js";
import type * as model_lists from "../model/lists.js";
import type * as model_log from "../model/log.js";
import type * as model_members from "../model/members.js";
import type * as model_memberships from "../model/memberships.js";
import type * as model_metricRules from "../model/metricRules.js";
import type * as model_names from "../model/names.js";
import type * as model_once from "../model/once.js";
import type * as model_organizationMemberships from "../model/organizationMemberships.js";
import type * as model_overview from "../model/overview.js";
import type * as model_paging from "../model/paging.js";
import type * as model_points from "../model/points.js";
import type * as model_preferences from "../model/preferences.js";
import type * as model_projectLists from "../model/projectLists.js";
import type * as model_projectViews from "../model/projectViews.js";
import type * as model_projects from "../model/projects.js";
import type * as model_ranges from "../model/ranges.js";
import type * as model_reading from "../model/reading.js";
import type * as model_rejection from "../model/rejection.js";
import type * as model_retention from "../model/retention.js";
import type * as model_rhythm from "../model/rhythm.js";
import type * as model_roles from "../model/roles.js";
import type * as model_rollups from "../model/rollups.js";
import type * as model_sessionCutoffs from "../model/sessionCutoffs.js";
import type * as model_sessionRules from "../model/sessionRules.js";
import type * as model_sessionTables from "../model/sessionTables.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_streams from "../model/streams.js";
import type * as model_suspension from "../model/suspension.js";
import type * as model_timeSeries from "../model/timeSeries.js";
import type * as model_timeZones from "../model/timeZones.js";
import type * as model_today from "../model/today.js";
import type * as model_totals from "../model/totals.js";
import type * as model_userFields from "../model/userFields.js";
import type * as model_userLimits from "../model/userLimits.js";
import type * as model_userSearch from "../model/userSearch.js";
import type * as model_userSync from "../model/userSync.js";
import type * as model_users from "../model/users.js";
import type * as model_webhookSignature from "../model/webhookSignature.js";
import type * as model_workosEvents from "../model/workosEvents.js";
import type * as model_zones from "../model/zones.js";
import type * as pages from "../pages.js";
import type * as preferences from "../preferences.js";
import type * as projectKeys from "../projectKeys.js";
import type * as projects from "../projects.js";
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
  agents: typeof agents;
  alertChannels: typeof alertChannels;
  alertDeliveries: typeof alertDeliveries;
  alertRules: typeof alertRules;
  alertSending: typeof alertSending;
  alerting: typeof alerting;
  auditLogs: typeof auditLogs;
  compaction: typeof compaction;
  crons: typeof crons;
  doctor: typeof doctor;
  edge: typeof edge;
  functions: typeof functions;
  http: typeof http;
  incidents: typeof incidents;
  jobs: typeof jobs;
  metrics: typeof metrics;
  migrations: typeof migrations;
  "model/accounts": typeof model_accounts;
  "model/admin": typeof model_admin;
  "model/agentDetails": typeof model_agentDetails;
  "model/agentSettings": typeof model_agentSettings;
  "model/agents": typeof model_agents;
  "model/alerts/addresses": typeof model_alerts_addresses;
  "model/alerts/channels": typeof model_alerts_channels;
  "model/alerts/deliveries": typeof model_alerts_deliveries;
  "model/alerts/dropChannel": typeof model_alerts_dropChannel;
  "model/alerts/dues": typeof model_alerts_dues;
  "model/alerts/emailChannels": typeof model_alerts_emailChannels;
  "model/alerts/evaluate": typeof model_alerts_evaluate;
  "model/alerts/incidents": typeof model_alerts_incidents;
  "model/alerts/judge": typeof model_alerts_judge;
  "model/alerts/marks": typeof model_alerts_marks;
  "model/alerts/messages": typeof model_alerts_messages;
  "model/alerts/outages": typeof model_alerts_outages;
  "model/alerts/outbox": typeof model_alerts_outbox;
  "model/alerts/pageAlerts": typeof model_alerts_pageAlerts;
  "model/alerts/ruleShapes": typeof model_alerts_ruleShapes;
  "model/alerts/ruleStore": typeof model_alerts_ruleStore;
  "model/alerts/rules": typeof model_alerts_rules;
  "model/alerts/sending": typeof model_alerts_sending;
  "model/alerts/signature": typeof model_alerts_signature;
  "model/alerts/tables": typeof model_alerts_tables;
  "model/alerts/usualRules": typeof model_alerts_usualRules;
  "model/alerts/windows": typeof model_alerts_windows;
  "model/audit": typeof model_audit;
  "model/auditEvents": typeof model_auditEvents;
  "model/batches": typeof model_batches;
  "model/buckets": typeof model_buckets;
  "model/caller": typeof model_caller;
  "model/charts": typeof model_charts;
  "model/chunks": typeof model_chunks;
  "model/compactor": typeof model_compactor;
  "model/days": typeof model_days;
  "model/deletion": typeof model_deletion;
  "model/derived": typeof model_derived;
  "model/distribution": typeof model_distribution;
  "model/drops": typeof model_drops;
  "model/edgeProof": typeof model_edgeProof;
  "model/entryRule": typeof model_entryRule;
  "model/environment": typeof model_environment;
  "model/fold": typeof model_fold;
  "model/folding": typeof model_folding;
  "model/gone": typeof model_gone;
  "model/groupBy": typeof model_groupBy;
  "model/health": typeof model_health;
  "model/hex": typeof model_hex;
  "model/identity": typeof model_identity;
  "model/ingestion": typeof model_ingestion;
  "model/input": typeof model_input;
  "model/intervals": typeof model_intervals;
  "model/invites": typeof model_invites;
  "model/issuers": typeof model_issuers;
  "model/items": typeof model_items;
  "model/jobs": typeof model_jobs;
  "model/keyScopes": typeof model_keyScopes;
  "model/keyUses": typeof model_keyUses;
  "model/keys": typeof model_keys;
  "model/kinds": typeof model_kinds;
  "model/legacy": typeof model_legacy;
  "model/lists": typeof model_lists;
  "model/log": typeof model_log;
  "model/members": typeof model_members;
  "model/memberships": typeof model_memberships;
  "model/metricRules": typeof model_metricRules;
  "model/names": typeof model_names;
  "model/once": typeof model_once;
  "model/organizationMemberships": typeof model_organizationMemberships;
  "model/overview": typeof model_overview;
  "model/paging": typeof model_paging;
  "model/points": typeof model_points;
  "model/preferences": typeof model_preferences;
  "model/projectLists": typeof model_projectLists;
  "model/projectViews": typeof model_projectViews;
  "model/projects": typeof model_projects;
  "model/ranges": typeof model_ranges;
  "model/reading": typeof model_reading;
  "model/rejection": typeof model_rejection;
  "model/retention": typeof model_retention;
  "model/rhythm": typeof model_rhythm;
  "model/roles": typeof model_roles;
  "model/rollups": typeof model_rollups;
  "model/sessionCutoffs": typeof model_sessionCutoffs;
  "model/sessionRules": typeof model_sessionRules;
  "model/sessionTables": typeof model_sessionTables;
  "model/sessions": typeof model_sessions;
  "model/streams": typeof model_streams;
  "model/suspension": typeof model_suspension;
  "model/timeSeries": typeof model_timeSeries;
  "model/timeZones": typeof model_timeZones;
  "model/today": typeof model_today;
  "model/totals": typeof model_totals;
  "model/userFields": typeof model_userFields;
  "model/userLimits": typeof model_userLimits;
  "model/userSearch": typeof model_userSearch;
  "model/userSync": typeof model_userSync;
  "model/users": typeof model_users;
  "model/webhookSignature": typeof model_webhookSignature;
  "model/workosEvents": typeof model_workosEvents;
  "model/zones": typeof model_zones;
  pages: typeof pages;
  preferences: typeof preferences;
  projectKeys: typeof projectKeys;
  projects: typeof projects;
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
