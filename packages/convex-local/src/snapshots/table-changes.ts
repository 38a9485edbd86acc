/** What an import changes, as `npx convex import` shows it before it asks for a confirmation. */

export type TableChange = {
  component: string;
  name: string;
  added: number;
  existing: number;
  deleted: number;
};

/** Returns the summary of an import, with a table for each component. */
export function summaryOf(changes: readonly TableChange[]): string {
  const lines = ["Import change summary:"];
  for (const [component, own] of Map.groupBy(changes, (change) => change.component)) {
    if (component !== "") lines.push(`Component ${component}`);
    lines.push(...tableOf(own.toSorted((a, b) => (a.name < b.name ? -1 : 1))));
  }
  lines.push(
    "Once the import has started, it will run in the background.",
    "Interrupting `npx convex import` will not cancel it.",
  );
  return lines.join("\n");
}

function tableOf(changes: readonly TableChange[]): string[] {
  const commas = (count: number): string => count.toLocaleString("en-US");
  const rows = [
    ["table", "create", "delete"],
    ...changes.map(({ name, added, deleted, existing }) => [
      name,
      commas(added),
      `${commas(deleted)} of ${commas(existing)}${name === "_storage" ? " files" : ""}`,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [header = "", ...others] = rows.map(
    (row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  return [header, "-".repeat(header.length), ...others];
}
