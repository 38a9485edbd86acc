/** Forms that create a project and an API key, also used by the project lists. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { DAY_MS, LAST_MS } from "../../convex/model/intervals.ts";
import { nameProblem } from "../../convex/model/names.ts";
import { serverNow } from "../data/clock.ts";
import { defineForm } from "../data/define-form.ts";
import type { Viewer } from "../data/page-query.server.ts";

/** Attributes and check of a project's or API key's name. */
export const NAME = { required: true, maxLength: 100, autoComplete: "off", check: nameProblem } as const;

/** Id prefix of optimistic projects, which Convex has not created yet. */
export const WAITING = "waiting-";

/** Counter for ids of optimistic projects. `crypto.randomUUID` is missing on plain HTTP origins. */
let made = 0;

export const createProject = defineForm({
  once: true,
  fields: { name: { label: "Project name", ...NAME } },
  rejectedAt: "name",
  mutation: api.projects.create,
  args: ({ name }) => ({ name }),
  optimistic(store, { name }, viewer: Viewer | null) {
    const known = store.getQuery(api.projects.mine, {});
    if (!viewer || !known) return;
    const project = {
      _id: `${WAITING}${++made}` as (typeof known)[number]["_id"],
      name: name.trim(),
      ownerId: viewer._id,
      createdAt: serverNow(),
      archivedAt: null,
      role: "owner" as const,
    };
    store.setQuery(api.projects.mine, {}, [project, ...known]);
  },
  done: "Project created",
  // The home page has this form too.
  to: href("/dashboard"),
});

/** A new API key, which is shown once. */
export type CreatedKey = { key: string; name: string; maySend: boolean };

/** Returns a new API key by the result and the arguments of its creation. */
export function createdKey(
  { key }: { key: string },
  { name, scope }: { name: string; scope?: "send" | "read" },
): CreatedKey {
  return { key, name: name.trim(), maySend: scope !== "read" };
}

/** Returns whether an expiry, in Unix ms, is in the future and not too far. */
const isExpiry = (at = 0) => at > serverNow() && at <= LAST_MS;

/** Returns the end of a date in UTC, in Unix ms; undefined if the text is empty. */
function endOf(date: string): number | undefined {
  return date === "" ? undefined : Date.parse(date) + DAY_MS;
}

export const createKey = defineForm({
  intent: "create-key",
  once: true,
  fields: {
    keyName: { label: "Key name", ...NAME },
    scope: {
      label: "May",
      check: (value) => (["", "send", "read"].includes(value) ? null : "Choose Send or Read."),
    },
    expires: {
      label: "Expires",
      type: "date",
      check: (value) =>
        value === "" || isExpiry(endOf(value)) ? null : "Choose a date from today on, or none.",
    },
  },
  rejectedAt: "keyName",
  mutation: api.projectKeys.create,
  args: ({ keyName, scope, expires }, { projectId }: { projectId: string }) => {
    const expiresAt = endOf(expires);
    return {
      projectId,
      name: keyName,
      ...(scope === "read" && { scope: "read" as const }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
  },
  reveal: (value, args): { createdKey: CreatedKey } => ({ createdKey: createdKey(value, args) }),
});
