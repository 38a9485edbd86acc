/** Page with Convex's hooks as Convex documents them. `convex-hooks.test.ts` adds it to a copy of the app. */
import { useConvexAuth, useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";

export default function Hooks() {
  const { isLoading, isAuthenticated } = useConvexAuth();
  const preferences = useQuery(api.preferences.get);
  const set = useMutation(api.preferences.set);
  const { results, status, loadMore } = usePaginatedQuery(api.auditLogs.mine, {}, { initialNumItems: 1 });
  return (
    <main id="main">
      <h1 id="page-title">Hooks</h1>
      <p id="auth">{isLoading ? "loading" : isAuthenticated ? "authenticated" : "signed out"}</p>
      <p id="zone">{preferences?.timeZone ?? "none"}</p>
      <button type="button" onClick={() => void set({ timeZone: "Asia/Tokyo" })}>
        Move
      </button>
      <p id="events">{`${preferences === undefined ? "?" : results.length} ${status}`}</p>
      <button type="button" onClick={() => loadMore(5)}>
        More
      </button>
    </main>
  );
}
