/** Archived projects, listed apart from the others. */
import { Link } from "react-router";
import { projectPath } from "./project-address.ts";

type Listed = { _id: string; name: string; archivedAt?: number | null };

/** Lists the archived ones of the projects; renders nothing if there are none. */
export function ArchivedProjects({ projects }: { projects: readonly Listed[] }) {
  const archived = projects.filter(({ archivedAt }) => archivedAt != null);
  if (archived.length === 0) return null;
  return (
    <section aria-labelledby="archived">
      <h2 id="archived" className="text-large">
        Archived
      </h2>
      <ul>
        {archived.map(({ _id, name }) => (
          <li key={_id}>
            <Link to={projectPath(_id)} className="inline-flex min-h-11 items-center">
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
