/** Serves a scripted backend on free ports. It is closed at the end of the test. */
import { onTestFinished } from "vitest";
import { type Served, serve } from "../../src/serve.ts";
import { ScriptedBackend } from "./scripted-backend.ts";

export const ADMIN_KEY = "local|an-admin-key-of-the-tests";

export type Serving = Served & { backend: ScriptedBackend; log: string[] };

export async function serveScripted(): Promise<Serving> {
  const backend = new ScriptedBackend();
  const log: string[] = [];
  const served = await serve({
    port: 0,
    sitePort: 0,
    adminKey: ADMIN_KEY,
    log: (line) => log.push(line),
    start: async () => ({ backend, files: null, admin: null }),
  });
  onTestFinished(() => served.close());
  backend.queries["rows:get"] = (rows, { name }) => rows.get(String(name));
  backend.queries["rows:both"] = (rows) => [rows.get("a"), rows.get("b")];
  backend.mutations["rows:set"] = (rows, { name, value = null }) => {
    rows.set(String(name), value);
    return value;
  };
  backend.mutations["rows:append"] = (rows, { name, value = null }) => {
    const list = rows.get(String(name));
    rows.set(String(name), [...(Array.isArray(list) ? list : []), value]);
    return null;
  };
  backend.mutations["rows:setBoth"] = (rows, { value = null }) => {
    rows.set("a", value);
    rows.set("b", value);
    return null;
  };
  return { ...served, backend, log };
}
