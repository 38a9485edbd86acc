/** Routes of users. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { entityNotFound, invalidParameters, WorkOSError } from "../errors.ts";
import { formatUser } from "../formats.ts";
import { listPage } from "../list-page.ts";
import { empty, json, type Reply } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import type { User, UserFields } from "../store/user-store.ts";

const Text = v.nullish(v.pipe(v.string(), v.maxLength(500)));
/** As lenient as WorkOS: apostrophes, plus signs and internationalized domains are accepted. */
export const Email = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^[^\s@"(),:;<>[\\\]]+@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{M}\p{N}-]{2,}$/u,
  ),
  v.maxLength(254),
);

const Fields = v.object({
  first_name: Text,
  last_name: Text,
  email_verified: v.nullish(v.boolean()),
  external_id: Text,
  locale: Text,
  metadata: v.nullish(v.record(v.string(), v.string())),
});
const NewUser = v.object({ ...Fields.entries, email: Email });
const ChangedUser = v.object({ ...Fields.entries, email: v.optional(Email) });

/** @throws {WorkOSError} 404 when there is no such user. */
export function userById(context: WorkOSContext, id: string | undefined): User {
  const user = context.store.users.byId(id ?? "");
  if (!user) throw entityNotFound("User", id ?? "");
  return user;
}

function toFields(body: v.InferOutput<typeof Fields>): UserFields {
  return {
    firstName: body.first_name,
    lastName: body.last_name,
    emailVerified: body.email_verified ?? undefined,
    externalId: body.external_id,
    locale: body.locale,
    metadata: body.metadata ?? undefined,
  };
}

function list(context: WorkOSContext, request: WorkOSRequest): Reply {
  const email = request.query.get("email")?.trim().toLowerCase();
  const users = context.store.users
    .all(request.query.get("organization_id"))
    .filter((user) => !email || user.email.toLowerCase() === email);
  return json(200, listPage(users, request.query, formatUser));
}

function create(context: WorkOSContext, request: WorkOSRequest): Reply {
  const body = parse(NewUser, fieldsOf(request));
  if (context.store.users.byEmail(body.email))
    throw new WorkOSError(400, {
      code: "user_creation_error",
      message: "Could not create user.",
      errors: [{ code: "email_not_available", message: "This email is not available." }],
    });
  const user = context.store.transaction(() => {
    const created = context.store.users.create({ ...toFields(body), email: body.email });
    context.emit("user.created", formatUser(created));
    return created;
  });
  return json(201, formatUser(user));
}

function update(context: WorkOSContext, request: WorkOSRequest, [id]: string[]): Reply {
  const user = userById(context, id);
  const body = parse(ChangedUser, fieldsOf(request));
  const holder = body.email ? context.store.users.byEmail(body.email) : null;
  if (holder && holder.id !== user.id)
    throw invalidParameters([{ field: "email", code: "email_not_available" }]);
  const changed = context.store.transaction(() => {
    const written = context.store.users.update(user, { ...toFields(body), email: body.email });
    context.emit("user.updated", formatUser(written));
    return written;
  });
  return json(200, formatUser(changed));
}

/** Deletes a user. Emits only `user.deleted` and no `session.revoked`, so that apps do not depend on the latter. */
function remove(context: WorkOSContext, _request: WorkOSRequest, [id]: string[]): Reply {
  const user = userById(context, id);
  context.store.transaction(() => {
    context.store.users.delete(user.id);
    context.emit("user.deleted", formatUser(user));
  });
  return empty(200);
}

const key = route("key");

export const userRoutes: Route[] = [
  key("GET", "/user_management/users", list),
  key("POST", "/user_management/users", create),
  key("GET", "/user_management/users/:id", (context, _request, [id]) =>
    json(200, formatUser(userById(context, id))),
  ),
  key("PUT", "/user_management/users/:id", update),
  key("DELETE", "/user_management/users/:id", remove),
];
