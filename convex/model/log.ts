/** Log of the functions: one JSON object a line, shown under *Logs* of the deployment. */

type Fields = { [field: string]: string | number };

/**
 * Writes a line.
 *
 * @param fields - Ids and counts. Never a name, an address or a value that a user sent.
 */
export function log(level: "info" | "warn" | "error", event: string, fields: Fields): void {
  console.log(JSON.stringify({ level, event, ...fields }));
}
