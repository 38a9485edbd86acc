/** API keys of a project, for users who may manage them: create, revoke, and code examples. */
import { useId } from "react";
import { api } from "../../convex/_generated/api.js";
import { ActForm } from "../data/act-form.tsx";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatMoment } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { CreatedKey } from "./create-forms.ts";
import { CreateKey } from "./create-key.tsx";
import type { Guide } from "./guide.ts";
import { revokeKey } from "./project-forms.ts";
import type { Project, ProjectKey } from "./project-query.ts";
import { SendExamples } from "./send-examples.tsx";

/**
 * Lists the API keys of a project, with the form that creates one.
 *
 * @param keys - The loader's API keys; null if Convex did not answer.
 * @param guides - Ways to send.
 * @param created - The API key that was just created, in this tab or by the action.
 * @param onCreated - Receives a new API key.
 */
export function Keys({
  project,
  keys,
  guides,
  display,
  created,
  onCreated,
}: {
  project: Project;
  keys: readonly ProjectKey[] | null;
  guides: readonly Guide[];
  display: DisplaySettings;
  created: CreatedKey | null;
  onCreated: (created: CreatedKey) => void;
}) {
  const { value } = useLiveQuery(api.projectKeys.list, { projectId: project._id }, keys ? [...keys] : null);
  const good = value?.find(
    ({ revokedAt, expiresAt, scope }) =>
      scope === "send" && revokedAt === null && (expiresAt === null || expiresAt > display.now),
  );
  const sending = created?.maySend ? created : null;
  return (
    <Card
      title="Keys"
      intro="An agent sends its metrics with a key of this project; a program reads the health of all agents with a key that may read. A key is shown once, when it is made."
    >
      {created ? <NewKey created={created} /> : null}
      {value && value.length > 0 ? (
        <ul className="rows">
          {value.map((key) => (
            <KeyRow key={key.keyId} listed={key} display={display} />
          ))}
        </ul>
      ) : null}
      <CreateKey projectId={project._id} first={value?.length === 0} onCreated={onCreated} />
      <SendExamples
        project={project}
        guides={guides}
        keyName={sending?.name ?? good?.name ?? null}
        secret={sending?.key ?? null}
      />
    </Card>
  );
}

function NewKey({ created }: { created: CreatedKey }) {
  return (
    <Notice kind="status">
      <p>
        <span className="font-strong">
          Key “<bdi>{created.name}</bdi>” created.
        </span>{" "}
        Copy it now: it is not kept here and will not be shown again.
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <code className="min-w-0 break-all select-all">{created.key}</code>
        <CopyButton text={created.key} what="the key" />
      </div>
    </Notice>
  );
}

function KeyRow({ listed, display }: { listed: ProjectKey; display: DisplaySettings }) {
  const id = useId();
  const { keyId, name, scope, createdAt, expiresAt, lastUsedAt, revokedAt } = listed;
  return (
    <li className="row">
      <div className="min-w-0">
        <p id={id} className={revokedAt === null ? "font-strong" : "text-quiet line-through"}>
          {name}
        </p>
        <p className="text-small text-quiet">
          <span>{scope === "read" ? "may read · " : "may send · "}</span>
          {revokedAt === null ? null : (
            <span>
              Revoked <RelativeTime at={revokedAt} {...display} /> ·{" "}
            </span>
          )}
          {lastUsedAt === null ? (
            <span>never used</span>
          ) : (
            <span>
              last used <RelativeTime at={lastUsedAt} {...display} />
            </span>
          )}
          <span>
            {" · created "}
            <RelativeTime at={createdAt} {...display} />
          </span>
          {expiresAt === null ? null : <Expiry at={expiresAt} display={display} />}
        </p>
      </div>
      {revokedAt === null ? (
        <ActForm form={revokeKey} options={{ fixed: { keyId } }} about={id} busyLabel="Revoking">
          Revoke
        </ActForm>
      ) : null}
    </li>
  );
}

/** Renders when a key stops working, or that it has. */
function Expiry({ at, display }: { at: number; display: DisplaySettings }) {
  return (
    <span>
      <span>{at > display.now ? " · expires " : " · expired "}</span>
      <time dateTime={new Date(at).toISOString()}>{formatMoment(at, display)}</time>
    </span>
  );
}
