/** The failed form with its values, to submit again while the project cannot be shown. */
import { Card } from "../ui/card.tsx";
import { AddMember, useAddMember } from "./add-member.tsx";
import { CreateKey } from "./create-key.tsx";
import type { CreatedKey, ProjectAnswer } from "./project-forms.ts";
import { RenameProject } from "./rename-project.tsx";

export function Unsent({
  projectId,
  answer,
  onCreated,
}: {
  projectId: string;
  answer: ProjectAnswer;
  onCreated: (created: CreatedKey) => void;
}) {
  const adding = useAddMember(projectId, answer);
  switch (answer && "values" in answer ? answer.values.intent : null) {
    case "rename":
      return <RenameProject projectId={projectId} project={null} answer={answer} />;
    case "add-member":
      return (
        <Card title="People">
          <AddMember adding={adding} />
        </Card>
      );
    case "create-key":
      return (
        <Card title="Keys">
          <CreateKey projectId={projectId} first={false} onCreated={onCreated} answer={answer} />
        </Card>
      );
    default:
      return null;
  }
}
