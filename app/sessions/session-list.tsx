/** List of sessions, each with a button to revoke it. */
import { useId } from "react";
import { ActForm } from "../data/act-form.tsx";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { ListedSession } from "./listed-sessions.server.ts";
import { revokeOtherSessions, revokeSession } from "./session-forms.ts";

export function SessionList({ sessions }: { sessions: readonly ListedSession[] }) {
  const others = sessions.filter(({ current }) => !current);
  return (
    <>
      {sessions.length > 0 ? (
        <ul className="flex flex-col divide-y divide-line rounded-card border border-line bg-surface">
          {sessions.map((session) => (
            <Session key={session.sessionId} session={session} />
          ))}
        </ul>
      ) : null}
      {others.length > 0 ? (
        <div>
          <ActForm form={revokeOtherSessions} options={{ fixed: {} }} look="danger" busyLabel="Revoking">
            Revoke all others
          </ActForm>
        </div>
      ) : null}
    </>
  );
}

function Session({ session }: { session: ListedSession }) {
  const id = useId();
  const display = useDisplaySettings();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="min-w-0">
        <p id={id} className="font-strong">
          {session.device}
        </p>
        <p className="text-small text-quiet">
          <span>{session.location ? `${session.location} · signed in ` : "signed in "}</span>
          <RelativeTime at={session.startedAt} {...display} />
          {session.lastSeenAt === null ? null : (
            <span>
              {" · last seen "}
              <RelativeTime at={session.lastSeenAt} {...display} />
            </span>
          )}
        </p>
      </div>
      <div className="flex items-center gap-4">
        {session.current ? <p className="text-small text-quiet">This device</p> : null}
        <ActForm
          form={revokeSession}
          options={{ fixed: { sessionId: session.sessionId } }}
          about={id}
          busyLabel="Revoking"
        >
          Revoke
        </ActForm>
      </div>
    </li>
  );
}
