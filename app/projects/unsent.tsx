/** The failed form with its values, to submit again while the project cannot be shown. */
import { useFailure } from "../data/form-action.ts";
import { Card } from "../ui/card.tsx";
import { AddMember, type Inviting, useAddMember } from "./add-member.tsx";
import { type CreatedKey, createKey } from "./create-forms.ts";
import { CreateKey } from "./create-key.tsx";
import { addMember, renameProject } from "./project-forms.ts";
import { RenameProject } from "./rename-project.tsx";

export function Unsent({
  projectId,
  inviting,
  onCreated,
}: {
  projectId: string;
  inviting: Inviting;
  onCreated: (created: CreatedKey) => void;
}) {
  const edit = useAddMember(projectId, inviting.sendsInvitations);
  const failure = useFailure();
  switch (failure?.values.intent) {
    case renameProject.intent:
      return <RenameProject projectId={projectId} project={null} />;
    case addMember.intent:
      return (
        <Card title="People">
          <AddMember edit={edit} inviting={inviting} />
        </Card>
      );
    case createKey.intent:
      return (
        <Card title="Keys">
          <CreateKey projectId={projectId} first={false} onCreated={onCreated} />
        </Card>
      );
    default:
      return null;
  }
}
