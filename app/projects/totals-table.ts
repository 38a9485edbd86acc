/** Rows and order of the table of totals. */

export type Row = { agent: string; name: string; today: number; last7d: number; last30d: number };
export type SortBy = keyof Row;

export const COLUMNS: readonly { key: SortBy; label: string }[] = [
  { key: "agent", label: "Agent" },
  { key: "name", label: "Metric" },
  { key: "today", label: "Today" },
  { key: "last7d", label: "7 days" },
  { key: "last30d", label: "30 days" },
];

/** Returns the column in the query string by which the table is sorted; the agent by default. */
export function sortIn(search: string): SortBy {
  const named = new URLSearchParams(search).get("sort");
  return COLUMNS.find(({ key }) => key === named)?.key ?? "agent";
}

/** Returns the rows in order: names ascending, sums descending. Equal ones keep their order. */
export function sorted(rows: readonly Row[], by: SortBy): Row[] {
  return rows.toSorted((a, b) => {
    const [one, other] = [a[by], b[by]];
    if (typeof one === "number" && typeof other === "number") return other - one;
    return one === other ? 0 : one < other ? -1 : 1;
  });
}

/** Returns the table as text that spreadsheets take: tabs between the cells, full numbers. */
export function asTabbed(rows: readonly Row[]): string {
  return [
    COLUMNS.map(({ label }) => label).join("\t"),
    ...rows.map((row) => COLUMNS.map(({ key }) => cell(row[key])).join("\t")),
  ].join("\n");
}

/** Returns a cell; a spreadsheet takes a text that begins like a formula as one, and names are untrusted. */
function cell(value: string | number): string {
  return typeof value === "string" && /^[=+\-@]/.test(value) ? `'${value}` : String(value);
}
