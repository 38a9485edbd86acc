/** Sample tiles for guests, marked up as an image. They contain no real data. */
import type { Health } from "../../convex/model/health.ts";

const SAMPLE: readonly { agent: string; metric: string; value: string; state: Health; when: string }[] = [
  { agent: "triage", metric: "tickets", value: "42", state: "fresh", when: "Fresh, just now" },
  { agent: "billing", metric: "invoices", value: "1.2 k", state: "fresh", when: "Fresh, just now" },
  { agent: "search", metric: "queries", value: "318", state: "fresh", when: "Fresh, 1 min ago" },
  { agent: "crawler", metric: "pages", value: "8.04 k", state: "quiet", when: "Quiet, 6 min ago" },
  { agent: "translate", metric: "words", value: "96.1 k", state: "fresh", when: "Fresh, just now" },
  { agent: "review", metric: "changes", value: "17", state: "fresh", when: "Fresh, 1 min ago" },
  { agent: "forecast", metric: "error rate", value: "0.031", state: "fresh", when: "Fresh, just now" },
  { agent: "backup", metric: "disk is full", value: "", state: "failed", when: "Failed, 2 h ago" },
  { agent: "notify", metric: "messages", value: "204", state: "fresh", when: "Fresh, just now" },
];

export function SampleField() {
  return (
    <div
      role="img"
      aria-label="An example: nine agents, of which seven are fresh, one is quiet and one has failed"
      className="rounded-card border border-line bg-surface p-4 wide:p-6"
    >
      <div aria-hidden="true" className="grid grid-cols-2 gap-2 min-[30rem]:grid-cols-3">
        {SAMPLE.map(({ agent, metric, value, state, when }) => (
          <div key={agent} className="tile" data-state={state}>
            <span className="tile-agent">{agent}</span>
            <span className="tile-metric">{metric}</span>
            <span className="tile-value">{value}</span>
            <span className="tile-when">{when}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
