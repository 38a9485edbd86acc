/** A project's keys, for those who may manage them: made and shown once, revoked, and how to send with one. */
import { useId, useRef, useState } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { nameProblem } from "../../convex/model/names.ts";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { useLiveQuery } from "../live/use-live-query.ts";
import type { Place } from "../live/use-place.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { ActForm } from "./act-form.tsx";
import { type CreatedKey, failureOf, type ProjectAnswer } from "./project-forms.ts";
import type { Project, ProjectKey } from "./project-query.ts";
import { SendExamples } from "./send-examples.tsx";

/** @param keys The loader's; null where Convex did not answer. @param origin Where the API is. */
export function Keys({
  project,
  keys,
  origin,
  place,
  answer,
}: {
  project: Project;
  keys: readonly ProjectKey[] | null;
  origin: string;
  place: Place;
  answer: ProjectAnswer;
}) {
  const { value } = useLiveQuery(api.projectKeys.list, { projectId: project._id }, keys ? [...keys] : null);
  const [created, setCreated] = useState<CreatedKey | null>(null);
  const shown = created ?? (answer && "createdKey" in answer ? answer.createdKey : null);
  const good = value?.find(({ revokedAt }) => revokedAt === null);
  const refusal = failureOf(answer, "revoke-key");
  return (
    <Card
      title="Keys"
      intro="An agent sends its metrics with a key of this project. A key is shown once, when it is made."
    >
      {refusal?.message ? <Notice kind="alert">{refusal.message}</Notice> : null}
      {shown ? <NewKey created={shown} /> : null}
      {value && value.length > 0 ? (
        <ul className="rows">
          {value.map((key) => (
            <KeyRow key={key.keyId} listed={key} place={place} />
          ))}
        </ul>
      ) : null}
      <CreateKey projectId={project._id} first={value?.length === 0} onCreated={setCreated} answer={answer} />
      <SendExamples
        project={project}
        origin={origin}
        keyName={shown?.name ?? good?.name ?? null}
        secret={shown?.key ?? null}
      />
    </Card>
  );
}

function NewKey({ created }: { created: CreatedKey }) {
  return (
    <Notice kind="status">
      <p>
        <span className="font-strong">Key “{created.name}” created.</span> Copy it now: it is not kept here
        and will not be shown again.
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <code className="min-w-0 break-all select-all">{created.key}</code>
        <CopyButton text={created.key} what="the key" />
      </div>
    </Notice>
  );
}

function KeyRow({ listed, place }: { listed: ProjectKey; place: Place }) {
  const id = useId();
  const time = (at: number) => <RelativeTime at={at} {...place} />;
  const { keyId, name, createdAt, lastUsedAt, revokedAt } = listed;
  return (
    <li className="row">
      <div className="min-w-0">
        <p id={id} className={revokedAt === null ? "font-strong" : "text-quiet line-through"}>
          {name}
        </p>
        <p className="text-small text-quiet">
          {revokedAt === null ? null : <>Revoked {time(revokedAt)} · </>}
          {lastUsedAt === null ? "never used" : <>last used {time(lastUsedAt)}</>} · created {time(createdAt)}
        </p>
      </div>
      {revokedAt === null ? (
        <ActForm
          intent="revoke-key"
          fields={{ keyId }}
          reference={api.projectKeys.revoke}
          args={{ keyId }}
          about={id}
          busyLabel="Revoking"
        >
          Revoke
        </ActForm>
      ) : null}
    </li>
  );
}

/** @param first There is none yet: a name is proposed, so that one press makes it. */
function CreateKey({
  projectId,
  first,
  onCreated,
  answer,
}: {
  projectId: string;
  first: boolean;
  onCreated: (created: CreatedKey) => void;
  answer: ProjectAnswer;
}) {
  const form = useRef<HTMLFormElement>(null);
  const { formData } = useNavigation();
  const failure = failureOf(answer, "create-key");
  const { edit, run } = useLiveMutation(api.projectKeys.create);
  const [problem, setProblem] = useState<string | null>(null);
  const error = problem ?? (edit.status === "refused" ? edit.message : failure?.errors.keyName);
  return (
    <>
      {failure?.message ? <Notice kind="alert">{failure.message}</Notice> : null}
      <Form
        method="post"
        ref={form}
        preventScrollReset
        className="form-row max-w-form"
        onSubmit={(event) => {
          if (run === null) return;
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("keyName") ?? "");
          const found = nameProblem(name);
          setProblem(found);
          if (found !== null) return;
          void run({ projectId, name }).then((outcome) => {
            if (!outcome.done) return;
            form.current?.reset();
            onCreated({ key: outcome.value.key, name: name.trim() });
          });
        }}
      >
        <input type="hidden" name="intent" value="create-key" />
        <Field
          label="Key name"
          name="keyName"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={failure?.values.keyName ?? (first ? "First key" : undefined)}
          error={error ?? undefined}
        />
        <Button
          look={first ? "primary" : "quiet"}
          busy={formData?.get("intent") === "create-key"}
          busyLabel="Creating"
        >
          Create key
        </Button>
      </Form>
      {edit.status === "waiting" ? <Waiting /> : null}
    </>
  );
}
