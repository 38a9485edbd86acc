/** List of all users and their roles, for admins. */
import { useEffect } from "react";
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { definePage } from "../data/define-page.server.ts";
import { useFailure } from "../data/form-action.ts";
import { runForms, served } from "../data/forms.server.ts";
import { useLive } from "../data/live-context.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { endAccess } from "../people/end-access.server.ts";
import { peopleAddress, peopleArgs } from "../people/people-address.ts";
import { endSessions, restoreUser, saveRole, suspendUser } from "../people/people-forms.ts";
import { PersonRow } from "../people/person-row.tsx";
import { SearchForm } from "../people/search-form.tsx";
import { useRevalidate } from "../react-router/use-revalidate.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { PageLinks } from "../ui/page-links.tsx";
import type { Route } from "./+types/admin.users";

export const handle = { access: "admin" } satisfies RoutePolicy;

const page = definePage(api.pages.adminUsers, peopleArgs);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Users · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.requireAdmin(args);
  return { users: data.users, ...peopleAddress(args.url) };
}

export { clientAction } from "../data/form-action.ts";

export async function action(args: Route.ActionArgs) {
  return runForms(args, [
    saveRole,
    served(endSessions, async (call, { userId }) => {
      await endAccess(call, "endSessions", userId);
    }),
    served(suspendUser, async (call, { userId }) => {
      await endAccess(call, "suspend", userId);
    }),
    served(restoreUser, async (call, { userId }) => {
      await asCurrentUser(call, call.address, (convex) => convex.mutation(api.users.restore, { userId }));
    }),
  ]);
}

const FIRST_PAGE = { numItems: 20, cursor: null };

export default function Users({ loaderData: { users, search, cursor } }: Route.ComponentProps) {
  const failure = useFailure();
  const { viewer } = useLive();
  const args = { paginationOpts: FIRST_PAGE, ...(search !== "" && { search }) };
  const { value, error } = useLiveQuery(api.users.list, cursor === null ? args : "skip", users);
  useRevalidateOnRejection(error);
  // In the row of the form, if there is one: an admin has no form to suspend themselves.
  const sent = failure?.values;
  const isOwn = sent?.intent === suspendUser.intent && sent?.userId === viewer?._id;
  const onPage = !isOwn && value.page.some(({ _id }) => _id === sent?.userId);
  return (
    <Page title="Users" intro="Everyone who has signed in, and what each may do.">
      <SearchForm search={search} />
      {failure?.errors.form && !onPage ? <Notice kind="alert">{failure.errors.form}</Notice> : null}
      {value.page.length === 0 ? (
        <p className="text-quiet">No users match your search.</p>
      ) : (
        <ul className="rows rounded-card border border-line bg-surface px-4 py-2 wide:px-6">
          {value.page.map((person) => (
            <PersonRow key={person._id} person={person} isViewer={person._id === viewer?._id} />
          ))}
        </ul>
      )}
      <PageLinks
        filters={search === "" ? {} : { search }}
        names={["First", "Next"]}
        older={cursor !== null}
        next={value.isDone ? null : value.continueCursor}
      />
    </Page>
  );
}

/** Revalidates if the live query is rejected, so that the server shows a former admin the 403 page. */
function useRevalidateOnRejection(error: unknown): void {
  const revalidate = useRevalidate();
  const rejected = error !== null;
  useEffect(() => {
    if (rejected) void revalidate();
  }, [rejected, revalidate]);
}
