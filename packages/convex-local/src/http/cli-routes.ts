/** Routes of the published command line `npx convex`, for holders of the admin key. */
import type { IncomingMessage } from "node:http";
import * as v from "valibot";
import type { Administration } from "../administration.ts";
import { VariableError } from "../environment.ts";
import { type Answer, HttpError } from "./answer.ts";
import { readBody } from "./body.ts";
import { checked, readJson } from "./json-body.ts";

/** How long a request for logs waits for a new one. */
const WAIT_MS = 10_000;

const logParameters = v.object({ cursor: v.pipe(v.string(), v.transform(Number), v.finite()) });
/** The largest part of an upload in bytes; the command line sends 5 MiB. */
const MAX_PART_BYTES = 64 * 1024 * 1024;

const partParameters = v.object({
  uploadToken: v.string(),
  partNumber: v.pipe(v.string(), v.transform(Number), v.safeInteger()),
});
const uploadBody = v.object({
  uploadToken: v.string(),
  import: v.object({
    format: v.picklist(["csv", "jsonLines", "jsonArray", "zip"]),
    mode: v.picklist(["requireEmpty", "append", "replace", "replaceAll"]),
    tableName: v.nullish(v.string()),
    componentPath: v.nullish(v.string()),
  }),
});
const importBody = v.object({ importId: v.string() });
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

/** Requests an export of everything; clients see its state in a query. */
export async function requestExport(admin: Administration, parameters: URLSearchParams): Promise<Answer> {
  if (!(await admin.exports.request(parameters.get("includeStorage") === "true"))) {
    throw new HttpError(400, "ExportInProgress", "There is already an export requested or in progress.");
  }
  return { status: 200, body: "" };
}

/** Responds with the file of an export. */
export async function exportAnswer(admin: Administration, ts: string): Promise<Answer> {
  const body = await admin.exports.read(ts);
  if (body === null) throw new HttpError(404, "ExportNotFound", `There is no export of ${ts}.`);
  const headers = {
    "Content-Type": "application/zip",
    "Content-Disposition": `attachment; filename=snapshot_${ts}.zip`,
  };
  return { status: 200, body, headers };
}

export async function startUpload(admin: Administration): Promise<Answer> {
  return { status: 200, body: { uploadToken: await admin.imports.startUpload() } };
}

export async function uploadPart(
  admin: Administration,
  request: IncomingMessage,
  parameters: URLSearchParams,
): Promise<Answer> {
  const { uploadToken, partNumber } = checked(partParameters, Object.fromEntries(parameters));
  const bytes = await readBody(request, MAX_PART_BYTES);
  if (!(await admin.imports.addPart(uploadToken, partNumber, bytes))) throw noUpload();
  return {
    status: 200,
    body: JSON.stringify(String(partNumber)),
    headers: { "Content-Type": "application/json" },
  };
}

/** Ends an upload. The import waits for a confirmation. */
export async function finishUpload(admin: Administration, request: IncomingMessage): Promise<Answer> {
  const body = checked(uploadBody, await readJson(request));
  const { format, mode, tableName, componentPath } = body.import;
  if (format !== "zip" && !tableName) throw new HttpError(400, "BadRequest", "The import needs a table.");
  const importId = await admin.imports.finishUpload(body.uploadToken, {
    format,
    mode,
    table: tableName ?? undefined,
    component: componentPath ?? "",
  });
  if (importId === null) throw noUpload();
  return { status: 200, body: { importId } };
}

/** Performs an import that waits for its confirmation. */
export async function performImport(admin: Administration, request: IncomingMessage): Promise<Answer> {
  const { importId } = checked(importBody, await readJson(request));
  if (!admin.imports.perform(importId)) {
    throw new HttpError(400, "ImportNotFound", `No import with the ID ${importId} waits for a confirmation.`);
  }
  return { status: 200, body: "" };
}

function noUpload(): HttpError {
  return new HttpError(400, "UploadNotFound", "There is no such upload, or its parts are not in order.");
}
