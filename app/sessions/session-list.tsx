/** The list of sessions, each with the button that ends it. */
import { useId } from "react";
import { Form, useNavigation } from "react-router";
import { usePlace } from "../live/use-place.ts";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { ListedSession } from "./listed-sessions.server.ts";

export function SessionList({ sessions }: { sessions: readonly ListedSession[] }) {
  const { formData } = useNavigation();
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
        <Form method="post">
          <Button
            name="intent"
            value="others"
            look="danger"
            busy={formData?.get("intent") === "others"}
            busyLabel="Revoking"
          >
            Revoke all others
          </Button>
        </Form>
      ) : null}
    </>
  );
}

function Session({ session }: { session: ListedSession }) {
  const { formData } = useNavigation();
  const id = useId();
  const place = usePlace();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="min-w-0">
        <p id={id} className="font-strong">
          {session.device}
        </p>
        <p className="text-small text-quiet">
          <span>{session.place ? `${session.place} · signed in ` : "signed in "}</span>
          <RelativeTime at={session.startedAt} {...place} />
          {session.lastSeenAt === null ? null : (
            <span>
              {" · last seen "}
              <RelativeTime at={session.lastSeenAt} {...place} />
            </span>
          )}
        </p>
      </div>
      <Form method="post" className="flex items-center gap-4">
        {session.current ? <p className="text-small text-quiet">This device</p> : null}
        <input type="hidden" name="sessionId" value={session.sessionId} />
        <Button
          busy={formData?.get("sessionId") === session.sessionId}
          busyLabel="Revoking"
          aria-describedby={id}
        >
          Revoke
        </Button>
      </Form>
    </li>
  );
}
