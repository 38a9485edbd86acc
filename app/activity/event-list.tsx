/** List of audit log entries, newest first. */
import type { ReactNode } from "react";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { deviceInWords } from "../sessions/device.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { type AuditEntry, detailOf, EVENT_WORDS } from "./audit-events.ts";

/**
 * Renders the entries.
 *
 * @param who - Renders the users of an entry; omitted if every entry is about the current user.
 */
export function EventList({
  entries,
  who,
}: {
  entries: readonly AuditEntry[];
  who?: (entry: AuditEntry) => ReactNode;
}) {
  const display = useDisplaySettings();
  return (
    <ul className="flex flex-col divide-y divide-line rounded-card border border-line bg-surface">
      {entries.map((entry) => {
        const detail = detailOf(entry);
        return (
          <li
            key={entry._id}
            className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-4 py-3"
          >
            <div className="min-w-0 [overflow-wrap:anywhere]">
              <p>
                <span className="font-strong">{EVENT_WORDS[entry.event]}</span>{" "}
                {detail === null ? null : <span className="text-quiet">{detail}</span>}
              </p>
              {who ? <p>{who(entry)}</p> : null}
              <p className="text-small text-quiet">{originOf(entry)}</p>
            </div>
            <p className="text-small whitespace-nowrap text-quiet">
              <RelativeTime at={entry.timestamp} {...display} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** Returns the device and IP address of an entry, if known. Entries from WorkOS's webhooks have neither. */
function originOf({ userAgent, ipAddress }: AuditEntry): string | null {
  const parts = [userAgent ? deviceInWords(userAgent) : null, ipAddress || null].filter(
    (part) => part !== null,
  );
  return parts.length > 0 ? parts.join(" · ") : null;
}
