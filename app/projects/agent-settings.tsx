/** Settings of an agent, for users who manage its project: its interval, muting, and retirement. */
import { ActForm } from "../data/act-form.tsx";
import { EditField, EditForm, EditSelect } from "../data/edit-form.tsx";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { formatMinute } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import {
  type AgentDetails,
  MUTE_FOR,
  muteAgent,
  retireAgent,
  setAgentInterval,
  unmuteAgent,
} from "./agent-forms.ts";
import { inMinutes, inWords } from "./interval-words.ts";

type Props = { projectId: string; agent: AgentDetails };

export function AgentSettings({ display, ...props }: Props & { display: DisplaySettings }) {
  const { projectId, agent } = props;
  const params = { projectId, agent: agent.agent };
  const isMuted = agent.mutedUntil !== null && display.now < agent.mutedUntil;
  return (
    <Card title="Settings">
      <Interval {...props} />
      {isMuted ? <Unmute {...props} display={display} /> : <Mute {...props} />}
      {agent.retiredAt === null ? (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line pt-4">
          <p className="min-w-0 flex-1 text-small text-quiet">
            A retired agent is not shown and not counted until it reports again.
          </p>
          <ActForm form={retireAgent} options={{ params, fixed: {} }} look="danger" busyLabel="Retiring">
            Retire
          </ActForm>
        </div>
      ) : null}
    </Card>
  );
}

function Interval({ projectId, agent }: Props) {
  const { everySetMs, everyLearnedMs } = agent;
  const edit = useEdit(setAgentInterval, { params: { projectId, agent: agent.agent }, shown: agent });
  const learned = everyLearnedMs === null ? "not known yet" : inWords(everyLearnedMs);
  return (
    <>
      {edit.done ? <Notice kind="status">{edit.done}</Notice> : null}
      <EditForm edit={edit} className="form-row max-w-form">
        <EditField
          key={everySetMs}
          edit={edit}
          name="minutes"
          inputMode="decimal"
          defaultValue={everySetMs === null ? "" : inMinutes(everySetMs)}
          help={`How often it reports. Empty: as learned from its reports (${learned}).`}
        />
        <Button busy={edit.busy} busyLabel="Saving">
          Save
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
      {edit.rejection ? <Notice kind="alert">{edit.rejection}</Notice> : null}
    </>
  );
}

const MUTE_OPTIONS = Object.keys(MUTE_FOR).map((label) => [label, label] as const);

function Mute({ projectId, agent }: Props) {
  const edit = useEdit(muteAgent, { params: { projectId, agent: agent.agent }, shown: agent });
  return (
    <>
      <EditForm edit={edit} className="form-row max-w-form">
        <EditSelect
          edit={edit}
          name="time"
          options={MUTE_OPTIONS}
          help="A muted agent needs no attention, whatever it reports."
        />
        <Button busy={edit.busy} busyLabel="Muting">
          Mute
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
      {edit.rejection ? <Notice kind="alert">{edit.rejection}</Notice> : null}
    </>
  );
}

function Unmute({ projectId, agent, display }: Props & { display: DisplaySettings }) {
  const params = { projectId, agent: agent.agent };
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p>{`Muted until ${formatMinute(agent.mutedUntil ?? 0, display)}`}</p>
      <ActForm form={unmuteAgent} options={{ params, shown: agent, fixed: {} }} busyLabel="Unmuting">
        Unmute
      </ActForm>
    </div>
  );
}
