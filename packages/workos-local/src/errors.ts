/**
 * An error response of WorkOS, written in `dispatch.ts`. WorkOS has three forms: OAuth's `{error, error_description}`, its
 * own `{code, message, …}`, and a plain `{message}`. Its published OpenAPI description says which error has which form.
 */
export class WorkOSError extends Error {
  override readonly name = "WorkOSError";
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(`${status} ${String(body.error ?? body.code ?? body.message)}`);
    this.status = status;
    this.body = body;
  }
}

/** Returns an error of the token endpoint in OAuth's form (RFC 6749, section 5.2). WorkOS uses status 400 for all. */
export function oauthError(
  error: string,
  description: string,
  more: Record<string, unknown> = {},
): WorkOSError {
  return new WorkOSError(400, { error, error_description: description, ...more });
}

/** Returns the error for a missing or wrong API key. */
export function unauthorized(): WorkOSError {
  return new WorkOSError(401, { message: "Unauthorized" });
}

/** Returns the error for an unknown route. */
export function notFound(): WorkOSError {
  return new WorkOSError(404, { message: "Not Found" });
}

/**
 * Returns the error for an entity that does not exist.
 *
 * @param kind - The type of the entity, for example `User`.
 * @param id - The requested id.
 */
export function entityNotFound(kind: string, id: string): WorkOSError {
  return new WorkOSError(404, {
    code: "entity_not_found",
    message: `${kind} not found: '${id}'.`,
    entity_id: id,
  });
}

/** Returns the error for invalid parameters, with the errors by field. */
export function invalidParameters(errors: { field: string; code: string }[]): WorkOSError {
  return new WorkOSError(422, { code: "invalid_request_parameters", message: "Validation failed.", errors });
}
