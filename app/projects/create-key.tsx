/** Form that creates an API key. The key itself is only passed to `onCreated`. */
import { EditField, EditForm, EditSelect } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { type CreatedKey, createdKey, createKey } from "./create-forms.ts";

const SCOPES = [
  ["send", "Send"],
  ["read", "Read"],
] as const;

/**
 * Renders the form.
 *
 * @param first - Whether the project has no API key yet. Then a name is filled in, so that one click
 *   creates it.
 * @param onCreated - Receives the new API key, which is shown once.
 */
export function CreateKey({
  projectId,
  first,
  onCreated,
}: {
  projectId: string;
  first: boolean;
  onCreated: (created: CreatedKey) => void;
}) {
  const edit = useEdit(createKey, {
    params: { projectId },
    onDone: (args, value) => args && value && onCreated(createdKey(value, args)),
  });
  return (
    <>
      <EditForm edit={edit} className="form-row form-key">
        <EditField edit={edit} name="keyName" defaultValue={first ? "First key" : undefined} />
        <EditSelect edit={edit} name="scope" options={SCOPES} />
        <EditField edit={edit} name="expires" />
        <Button look={first ? "primary" : "quiet"} busy={edit.busy} busyLabel="Creating">
          Create key
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </>
  );
}
