/** Alert rules of a project, with the form that adds one. */
import type { FunctionReturnType } from "convex/server";
import { useId } from "react";
import type { api } from "../../convex/_generated/api.js";
import { IS, OF, predicateOf, RULE_WORDS, WINDOW_NAMES } from "../../convex/model/alerts/rules.ts";
import { ActForm } from "../data/act-form.tsx";
import { EditField, EditForm, EditSelect } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { addRule, addUsualRules, removeRule, WHEN } from "./alert-forms.ts";

export type ListedRule = FunctionReturnType<typeof api.alertRules.list>[number];

/**
 * Lists the rules.
 *
 * @param agents - Names of the known agents, for the form.
 * @param manages - Whether the user may change them.
 */
export function Rules({
  projectId,
  rules,
  agents,
  manages,
}: {
  projectId: string;
  rules: readonly ListedRule[];
  agents: readonly string[];
  manages: boolean;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <h3 id={id}>Rules</h3>
      {rules.length === 0 ? <p className="text-quiet">No rules: nothing raises an alert.</p> : null}
      {rules.length > 0 ? (
        <ul className="rows" aria-labelledby={id}>
          {rules.map((rule) => (
            <RuleRow key={rule._id} rule={rule} manages={manages} />
          ))}
        </ul>
      ) : null}
      {manages && !hasUsual(rules) ? (
        <div className="self-start">
          <ActForm
            form={addUsualRules}
            options={{ params: { projectId }, fixed: {} }}
            busyLabel="Adding"
            look={rules.length === 0 ? "primary" : "quiet"}
          >
            Add the usual rules
          </ActForm>
        </div>
      ) : null}
      {manages ? <AddRule projectId={projectId} agents={agents} /> : null}
    </div>
  );
}

/** Returns whether a project has the rules that most projects want. */
function hasUsual(rules: readonly ListedRule[]): boolean {
  const ofAll = rules.filter(({ agent }) => agent === null);
  return (
    ofAll.some(({ kind }) => kind === "silent") &&
    ofAll.some((rule) => rule.kind === "state" && rule.state === "failed")
  );
}

function RuleRow({ rule, manages }: { rule: ListedRule; manages: boolean }) {
  const id = useId();
  return (
    <li className="row">
      <p id={id} className="min-w-0 [overflow-wrap:anywhere]">
        <bdi className="font-strong">{rule.agent ?? "Any agent"}</bdi>
        <span>{` ${predicateOf(rule)}`}</span>
      </p>
      {manages ? (
        <ActForm form={removeRule} options={{ fixed: { ruleId: rule._id } }} about={id} busyLabel="Removing">
          Remove rule
        </ActForm>
      ) : null}
    </li>
  );
}

/** The form shows the fields of the chosen kind only; the style sheet hides the others. */
function AddRule({ projectId, agents }: { projectId: string; agents: readonly string[] }) {
  const edit = useEdit(addRule, { params: { projectId } });
  const named = agents.map((name) => [name, name] as const);
  return (
    <>
      <EditForm edit={edit} className="rule-form">
        <EditSelect edit={edit} name="when" options={Object.entries(WHEN)} />
        <EditSelect edit={edit} name="agent" options={[["", "All agents"], ...named]} />
        <div className="rule-waiting">
          <EditField edit={edit} name="minutes" defaultValue="15" inputMode="numeric" />
        </div>
        <div className="rule-threshold">
          <EditField edit={edit} name="metric" />
          <EditSelect edit={edit} name="of" options={OF.map((of) => [of, RULE_WORDS.of[of]])} />
          <EditSelect
            edit={edit}
            name="over"
            options={WINDOW_NAMES.map((name) => [name, RULE_WORDS.window[name]])}
          />
          <EditSelect edit={edit} name="is" options={IS.map((is) => [is, RULE_WORDS.is[is]])} />
          <EditField edit={edit} name="value" inputMode="decimal" />
        </div>
        <div>
          <Button busy={edit.busy} busyLabel="Adding">
            Add rule
          </Button>
        </div>
      </EditForm>
      {edit.rejection ? <Notice kind="alert">{edit.rejection}</Notice> : null}
      {edit.waiting ? <Waiting /> : null}
    </>
  );
}
