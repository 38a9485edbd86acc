/** Filter of a project's agents by name and health. It is in the URL, and works without JavaScript. */
import { useEffect, useRef } from "react";
import { Form, useSubmit } from "react-router";
import { HEALTHS, type Health } from "../../convex/model/health.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { HEALTH_WORDS } from "../ui/health.ts";
import { type Options, SelectField } from "../ui/select-field.tsx";
import { withParameters } from "./project-address.ts";

/** What the field of agents shows: names that contain `q`, and one health or all. */
export type AgentFilter = { q: string; health: Health | null };

export const NO_FILTER: AgentFilter = { q: "", health: null };

const HEALTH_OPTIONS: Options = [
  ["", "All"],
  ...HEALTHS.map((health) => [health, HEALTH_WORDS[health]] as const),
];

/** Debounce of what is written to the URL; the field itself follows at once. */
const PAUSE_MS = 300;

/** Returns the filter in a query string. An unknown health is ignored. */
export function filterIn(search: string): AgentFilter {
  const params = new URLSearchParams(search);
  const named = params.get("health");
  return { q: params.get("q") ?? "", health: HEALTHS.find((health) => health === named) ?? null };
}

/** Returns a query string with another filter, and the other parameters of the page. */
export function withFilter(search: string, { q, health }: AgentFilter): string {
  return withParameters(search, { q, health });
}

/** Returns the agents that match the filter. */
export function matching<T extends { agent: string; health: Health }>(
  agents: readonly T[],
  { q, health }: AgentFilter,
): T[] {
  const wanted = q.trim().toLowerCase();
  return agents.filter(
    (one) => (health === null || one.health === health) && one.agent.toLowerCase().includes(wanted),
  );
}

/**
 * Renders the filter form.
 *
 * @param search - The query string of the URL, whose other parameters are kept.
 * @param onType - Receives the filter while the user types, and null when the URL has another one.
 */
export function AgentFilterForm({
  search,
  onType,
}: {
  search: string;
  onType: (filter: AgentFilter | null) => void;
}) {
  const submit = useSubmit();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const filter = filterIn(search);
  const shown = useRef({ search, onType });
  useEffect(() => {
    if (shown.current.search === search) return;
    shown.current = { search, onType };
    // While the user types, the URL only follows.
    if (form.current === null || form.current.contains(document.activeElement)) return;
    fill(form.current, filterIn(search));
    onType(null);
  }, [search, onType]);
  const kept = [...new URLSearchParams(withFilter(search, NO_FILTER))];
  const send = () => {
    clearTimeout(timer.current);
    void submit(form.current, { replace: true, preventScrollReset: true });
  };
  return (
    <Form
      ref={form}
      role="search"
      method="get"
      className="agent-filter"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onChange={({ currentTarget }) => {
        onType(typedIn(currentTarget));
        clearTimeout(timer.current);
        timer.current = setTimeout(send, PAUSE_MS);
      }}
    >
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Field label="Find an agent" name="q" type="search" autoComplete="off" defaultValue={filter.q} />
      <SelectField label="Health" name="health" options={HEALTH_OPTIONS} defaultValue={filter.health ?? ""} />
      <noscript>
        <Button>Filter</Button>
      </noscript>
    </Form>
  );
}

function typedIn(form: HTMLFormElement): AgentFilter {
  const [q, health] = [form.elements.namedItem("q"), form.elements.namedItem("health")];
  const params = new URLSearchParams();
  if (q instanceof HTMLInputElement) params.set("q", q.value);
  if (health instanceof HTMLSelectElement) params.set("health", health.value);
  return filterIn(`${params}`);
}

function fill(form: HTMLFormElement, filter: AgentFilter): void {
  const [q, health] = [form.elements.namedItem("q"), form.elements.namedItem("health")];
  if (q instanceof HTMLInputElement) q.value = filter.q;
  if (health instanceof HTMLSelectElement) health.value = filter.health ?? "";
}
