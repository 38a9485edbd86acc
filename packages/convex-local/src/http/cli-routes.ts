/** Routes of the published command line `npx convex`, for holders of the admin key: logs and environment variables. */
import type { IncomingMessage } from "node:http";
import * as v from "valibot";
import type { Administration } from "../administration.ts";
import { VariableError } from "../environment.ts";
import { type Answer, HttpError } from "./answer.ts";
import { checked, readJson } from "./json-body.ts";

/** How long a request for logs waits for a new one. */
const WAIT_MS = 10_000;

const logParameters = v.object({ cursor: v.pipe(v.string(), v.transform(Number), v.finite()) });
const variablesBody = v.object({
  changes: v.array(v.object({ name: v.string(), value: v.nullable(v.string()) })),
});

/** Responds with the executions after a cursor. Waits for one if there is none. */
export async function logsAnswer(admin: Administration, parameters: URLSearchParams): Promise<Answer> {
  const { cursor } = checked(logParameters, Object.fromEntries(parameters));
  return { status: 200, body: await admin.executions.after(cursor, AbortSignal.timeout(WAIT_MS)) };
}

/** Changes environment variables, all or none. */
export async function changeVariables(admin: Administration, request: IncomingMessage): Promise<Answer> {
  const { changes } = checked(variablesBody, await readJson(request));
  try {
    await admin.changeEnvironment(changes);
  } catch (error) {
    if (error instanceof VariableError) throw new HttpError(400, error.code, error.message);
    throw error;
  }
  return { status: 200, body: "" };
}
