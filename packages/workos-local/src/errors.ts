/**
 * Failures as WorkOS words them, thrown where they are found and rendered once (`dispatch.ts`).
 * WorkOS has three forms: OAuth's `{error, error_description}`, its own `{code, message, …}`, and a bare `{message}`.
 * Which one a failure has follows its published OpenAPI description.
 */
export class WorkosError extends Error {
  override readonly name = "WorkosError";
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(`${status} ${String(body.error ?? body.code ?? body.message)}`);
    this.status = status;
    this.body = body;
  }
}

/** A refusal of the token endpoint in OAuth's form (RFC 6749, section 5.2); WorkOS answers 400 to all of them. */
export function oauthError(
  error: string,
  description: string,
  more: Record<string, unknown> = {},
): WorkosError {
  return new WorkosError(400, { error, error_description: description, ...more });
}

/** The key in `Authorization` is missing or wrong. */
export function unauthorized(): WorkosError {
  return new WorkosError(401, { message: "Unauthorized" });
}

export function notFound(): WorkosError {
  return new WorkosError(404, { message: "Not Found" });
}

/** @param kind what was asked for, `User` for example */
export function entityNotFound(kind: string, id: string): WorkosError {
  return new WorkosError(404, {
    code: "entity_not_found",
    message: `${kind} not found: '${id}'.`,
    entity_id: id,
  });
}

/** @param errors what is wrong, by field */
export function invalidParameters(errors: { field: string; code: string }[]): WorkosError {
  return new WorkosError(422, { code: "invalid_request_parameters", message: "Validation failed.", errors });
}
