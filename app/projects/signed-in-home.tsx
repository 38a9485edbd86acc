/** The start page of somebody signed in: is anything wrong? */
import { useWorkOS } from "../auth/use-workos.ts";
import { displayName } from "../ui/banner.tsx";
import { Page } from "../ui/page.tsx";
import { ProjectList, type Projects } from "./project-list.tsx";

/** @param projects The loader's value; null where Convex did not answer. */
export default function SignedInHome({ projects }: { projects: Projects | null }) {
  const { workosUser, convexUser } = useWorkOS();
  const firstName = (convexUser ? convexUser.firstName : workosUser?.firstName) || null;
  const email = convexUser?.email ?? workosUser?.email ?? "";
  return (
    <Page title={`Welcome back, ${displayName({ firstName, email })}!`}>
      <ProjectList projects={projects} />
    </Page>
  );
}
