/** Alert channels of a project, with the form that adds one, and the secret of a new webhook. */
import type { FunctionReturnType } from "convex/server";
import { useId } from "react";
import type { api } from "../../convex/_generated/api.js";
import { ActForm } from "../data/act-form.tsx";
import { EditField, EditForm, EditSelect } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { addChannel, CHANNELS, type CreatedChannel, removeChannel, sendTest } from "./alert-forms.ts";

export type ListedChannel = FunctionReturnType<typeof api.alertChannels.list>[number];

/**
 * Lists the channels.
 *
 * @param created - The channel that was just created, in this tab or by the action.
 * @param onCreated - Receives a new channel.
 */
export function Channels({
  projectId,
  channels,
  manages,
  created,
  onCreated,
}: {
  projectId: string;
  channels: readonly ListedChannel[];
  manages: boolean;
  created: CreatedChannel | null;
  onCreated: (created: CreatedChannel) => void;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <h3 id={id}>Channels</h3>
      {created ? <NewChannel created={created} /> : null}
      {channels.length === 0 ? <p className="text-quiet">No channels: alerts are not sent.</p> : null}
      {channels.length > 0 ? (
        <ul className="rows" aria-labelledby={id}>
          {channels.map((channel) => (
            <ChannelRow key={channel._id} channel={channel} manages={manages} />
          ))}
        </ul>
      ) : null}
      {manages && channels.length > 0 ? (
        <ActForm form={sendTest} options={{ params: { projectId }, fixed: {} }} busyLabel="Sending">
          Send a test
        </ActForm>
      ) : null}
      {manages ? <AddChannel projectId={projectId} onCreated={onCreated} /> : null}
    </div>
  );
}

function NewChannel({ created: { secret } }: { created: CreatedChannel }) {
  if (secret === null) return <Notice kind="status">Channel added</Notice>;
  return (
    <Notice kind="status">
      <p>
        <span className="font-strong">Channel added.</span> Its messages are signed with this secret. Copy it
        now: it will not be shown again.
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <code className="min-w-0 break-all select-all">{secret}</code>
        <CopyButton text={secret} what="the secret" />
      </div>
    </Notice>
  );
}

function ChannelRow({ channel, manages }: { channel: ListedChannel; manages: boolean }) {
  const id = useId();
  const { _id, kind, label, address, disabledReason } = channel;
  return (
    <li className="row">
      <div className="min-w-0">
        <p id={id} className="[overflow-wrap:anywhere]">
          <span className="font-strong">{CHANNELS[kind]}</span> <bdi>{address ?? label}</bdi>
        </p>
        {disabledReason === null ? null : <p className="text-small text-bad">{`Off: ${disabledReason}`}</p>}
      </div>
      {manages ? (
        <ActForm form={removeChannel} options={{ fixed: { channelId: _id } }} about={id} busyLabel="Removing">
          Remove channel
        </ActForm>
      ) : null}
    </li>
  );
}

function AddChannel({
  projectId,
  onCreated,
}: {
  projectId: string;
  onCreated: (created: CreatedChannel) => void;
}) {
  const edit = useEdit(addChannel, {
    params: { projectId },
    onDone: (_, value) => value && onCreated({ secret: value.secret }),
  });
  return (
    <>
      <EditForm edit={edit} className="rule-form">
        <EditSelect edit={edit} name="channel" options={Object.entries(CHANNELS)} />
        <EditField edit={edit} name="address" help="A URL, or the e-mail address of a member." />
        <div>
          <Button busy={edit.busy} busyLabel="Adding">
            Add channel
          </Button>
        </div>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </>
  );
}
