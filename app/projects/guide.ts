/** A way to send to a project, and what the page fills in. */

export type Guide = {
  id: string;
  title: string;
  /** Name of the content for the copy button: `the command`. */
  what: string;
  /** Has `<key>` for the API key and `<about>` for what it belongs to. */
  code: string;
  /** What shows on the page, and when. */
  appears: string;
};

export type Example = {
  project: { _id: string; name: string };
  /** Name of the API key; null if the project has none yet. */
  keyName: string | null;
  /** The API key, only right after it was created. */
  secret: string | null;
};

/** Returns the code of a guide for a project and its API key. */
export function codeOf({ id, code }: Guide, { project, keyName, secret }: Example): string {
  const later = id === "curl" ? "$MOSAIC_KEY" : "mosaic_…";
  const whose = keyName === null ? "no key yet" : `key “${keyName}”`;
  // Functions, because a name may contain `$&`.
  return code
    .replaceAll("<key>", () => secret ?? later)
    .replace("<about>", () => `${project.name} (${project._id}), ${whose}`);
}
