/** Home page of a signed-in user: which agents need attention. */
import { roleAllows } from "../../convex/model/roles.ts";
import { useWorkOS } from "../data/use-workos.ts";
import { type Packed, usePacked } from "../react-router/packed.ts";
import { displayName } from "../ui/banner.tsx";
import { Page } from "../ui/page.tsx";
import { CreateProject } from "./create-project.tsx";
import type { Loaded } from "./list-data.ts";
import { ProjectList } from "./project-list.tsx";

/**
 * Renders the home page.
 *
 * @param list - The loader's projects; null if Convex did not answer.
 */
export default function SignedInHome({ list }: { list: Packed<Loaded> | null }) {
  const loaded = usePacked(list);
  const { workosUser, convexUser } = useWorkOS();
  const firstName = (convexUser ? convexUser.firstName : workosUser?.firstName) || null;
  const email = convexUser?.email ?? workosUser?.email ?? "";
  const mayCreate = convexUser !== null && roleAllows(convexUser.role, "projects.create");
  return (
    <Page title={`Welcome back, ${displayName({ firstName, email })}!`}>
      <ProjectList
        loaded={loaded}
        empty={
          mayCreate ? (
            <p>A project is a field of tiles, one for each of your agents. Name the first one below.</p>
          ) : (
            <p>Projects appear here when someone adds you to one.</p>
          )
        }
        start={mayCreate ? <CreateProject /> : null}
      />
    </Page>
  );
}
