/** Page with Convex's hooks as Convex documents them. `convex-hooks.test.ts` adds it to a copy of the app. */
import { useConvexAuth, useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";

export default function Hooks() {
  const { isLoading, isAuthenticated } = useConvexAuth();
  const projects = useQuery(api.projects.mine);
  const create = useMutation(api.projects.create);
  const { results, status, loadMore } = usePaginatedQuery(api.auditLogs.mine, {}, { initialNumItems: 1 });
  return (
    <main id="main">
      <h1 id="page-title">Hooks</h1>
      <p id="auth">{isLoading ? "loading" : isAuthenticated ? "authenticated" : "signed out"}</p>
      <ul>
        {projects?.map(({ _id, name }) => (
          <li key={_id}>{name}</li>
        ))}
      </ul>
      <button type="button" onClick={() => void create({ name: "Made with a hook" })}>
        Create
      </button>
      <p id="events">{`${projects === undefined ? "?" : results.length} ${status}`}</p>
      <button type="button" onClick={() => loadMore(5)}>
        More
      </button>
    </main>
  );
}
