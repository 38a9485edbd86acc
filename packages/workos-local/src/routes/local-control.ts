/** Routes for tests that WorkOS does not have, under `/_local/`: faults, counts, settings and users. See README.md. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { formatUser } from "../formats.ts";
import { empty, json, type Reply } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import type { Fault } from "../store/faults.ts";
import { DEFAULT_SETTINGS } from "../store/settings.ts";
import { Email } from "./users.ts";

const conditions = {
  method: v.optional(v.string()),
  path: v.optional(v.string()),
  grant: v.optional(v.string()),
  handled: v.optional(v.boolean()),
};
const NewFault: v.GenericSchema<unknown, Fault> = v.union([
  v.strictObject({
    ...conditions,
    status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
    body: v.optional(v.unknown()),
    headers: v.optional(v.record(v.string(), v.string())),
  }),
  v.strictObject({ ...conditions, hang: v.literal(true) }),
  v.strictObject({ ...conditions, slowMs: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)) }),
  v.strictObject({ ...conditions, garbage: v.literal(true) }),
  v.strictObject({ ...conditions, cut: v.literal(true) }),
]);
const Count = v.object({ count: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))) });

function addFault(context: WorkOSContext, request: WorkOSRequest): Reply {
  const { count: given, ...rest } = fieldsOf(request);
  const { count } = parse(Count, { count: given });
  const id = context.store.faults.add(parse(NewFault, rest), count === undefined ? 1 : count);
  return json(201, { id });
}

const NewSettings = v.strictObject({
  accessTokenSeconds: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))),
  refreshReplaySeconds: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(3600)))),
  redirectUris: v.optional(v.nullable(v.array(v.string()))),
  issuer: v.optional(v.nullable(v.string())),
  claims: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
});

/** Changes the given settings. */
function changeSettings(context: WorkOSContext, request: WorkOSRequest): Reply {
  const { settings } = context.store;
  settings.set({ ...settings.get(), ...parse(NewSettings, fieldsOf(request)) });
  return json(200, settings.get());
}

const NewUser = v.strictObject({
  email: Email,
  firstName: v.optional(v.nullable(v.string())),
  lastName: v.optional(v.nullable(v.string())),
  profilePictureUrl: v.optional(v.nullable(v.string())),
  emailVerified: v.optional(v.boolean()),
  role: v.optional(v.nullable(v.string())),
  memberships: v.optional(v.array(v.strictObject({ organizationId: v.string(), role: v.string() })), []),
});

/** Creates a user, or updates the one with this email, with fields that the normal API does not have. */
function putUser(context: WorkOSContext, request: WorkOSRequest): Reply {
  const { memberships, ...fields } = parse(NewUser, fieldsOf(request));
  const { users, organizations } = context.store;
  const user = context.store.transaction(() => {
    const known = users.byEmail(fields.email);
    const written = known ? users.update(known, fields) : users.create({ emailVerified: true, ...fields });
    for (const { organizationId, role } of memberships) {
      if (!organizations.byId(organizationId)) throw notFound();
      organizations.join(written.id, organizationId, role);
    }
    context.emit(known ? "user.updated" : "user.created", formatUser(written));
    return written;
  });
  return json(200, formatUser(user));
}

const local = route("local");

export const localControlRoutes: Route[] = [
  local("GET", "/_local/health", () => json(200, { status: "ok" })),
  local("GET", "/_local/faults", (context) => json(200, context.store.faults.all())),
  local("POST", "/_local/faults", addFault),
  local("DELETE", "/_local/faults", (context) => {
    context.store.faults.remove(null);
    return empty(204);
  }),
  local("DELETE", "/_local/faults/:id", (context, _request, [id]) => {
    context.store.faults.remove(Number(id));
    return empty(204);
  }),
  local("GET", "/_local/requests", (context) => json(200, context.requestCounts.all())),
  local("DELETE", "/_local/requests", (context) => {
    context.requestCounts.clear();
    return empty(204);
  }),
  local("GET", "/_local/settings", (context) => json(200, context.store.settings.get())),
  local("PUT", "/_local/settings", changeSettings),
  local("DELETE", "/_local/settings", (context) => {
    context.store.settings.set(DEFAULT_SETTINGS);
    return empty(204);
  }),
  local("POST", "/_local/users", putUser),
  local("GET", "/_local/events", (context) => json(200, context.store.events.latest())),
  local("POST", "/_local/signing-keys", (context) => json(201, { kid: context.store.signingKeys.rotate() })),
];
