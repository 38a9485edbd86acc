/** Routes of password resets. There is no sign-in with a password; a completed reset only sends its event. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { entityNotFound, WorkOSError } from "../errors.ts";
import { formatPasswordReset, formatUser, type PasswordReset } from "../formats.ts";
import { newId } from "../ids.ts";
import { json, type Reply } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";

const LIFETIME = 15 * 60_000;
const MIN_PASSWORD_LENGTH = 8;

function createReset(context: WorkOSContext, request: WorkOSRequest): Reply {
  const { email } = parse(v.object({ email: v.string() }), fieldsOf(request));
  const user = context.store.users.byEmail(email);
  if (!user) throw entityNotFound("User", email);
  const createdAt = Date.now();
  const reset: PasswordReset = {
    id: newId("password_reset", createdAt),
    userId: user.id,
    email: user.email,
    expiresAt: createdAt + LIFETIME,
    createdAt,
  };
  const token = context.store.oneTimeTokens.issue("password_reset", reset, LIFETIME);
  return json(201, {
    ...formatPasswordReset(reset),
    password_reset_token: token,
    password_reset_url: `${context.url}/reset-password?token=${token}`,
  });
}

function confirmReset(context: WorkOSContext, request: WorkOSRequest): Reply {
  const body = parse(v.object({ token: v.string(), new_password: v.string() }), fieldsOf(request));
  if (body.new_password.length < MIN_PASSWORD_LENGTH) throw resetError("password_too_short");
  const user = context.store.transaction(() => {
    const reset = context.store.oneTimeTokens.spend<PasswordReset>("password_reset", body.token);
    const owner = reset && context.store.users.byId(reset.userId);
    if (!reset || !owner) throw resetError("password_reset_token_invalid");
    context.emit("password_reset.succeeded", formatPasswordReset(reset));
    return owner;
  });
  return json(200, { user: formatUser(user) });
}

function resetError(code: string): WorkOSError {
  return new WorkOSError(400, {
    code: "password_reset_error",
    message: "Could not reset password.",
    errors: [{ code, message: "The password was not changed." }],
  });
}

export const passwordRoutes: Route[] = [
  route("key")("POST", "/user_management/password_reset", createReset),
  route("key")("POST", "/user_management/password_reset/confirm", confirmReset),
];
