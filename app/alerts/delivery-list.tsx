/** List of messages, with their outcome and when they are tried again. */
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { formatMoment } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { CHANNELS } from "./alert-forms.ts";
import { type Delivery, STATUS_WORDS, TYPE_WORDS } from "./alert-texts.ts";

/**
 * Renders messages.
 *
 * @param labels - The label of each channel that still exists, by its id.
 * @param labelledBy - Id of the heading that names the list.
 */
export function DeliveryList({
  deliveries,
  labels,
  labelledBy,
  display,
}: {
  deliveries: readonly Delivery[];
  labels: ReadonlyMap<string, string>;
  labelledBy: string;
  display: DisplaySettings;
}) {
  return (
    <ul className="rows" aria-labelledby={labelledBy}>
      {deliveries.map((delivery) => (
        <li key={delivery._id} className="row">
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <p>
              <span>{`${TYPE_WORDS[delivery.type]} · ${CHANNELS[delivery.channelKind]} `}</span>
              <bdi className="text-quiet">{labels.get(delivery.channelId) ?? "(removed)"}</bdi>
            </p>
            <p className="text-small text-quiet">
              <RelativeTime at={delivery.createdAt} {...display} />
              <span>{attemptsOf(delivery)}</span>
              {delivery.nextAttemptAt === null ? null : (
                <span>{` · next try ${formatMoment(delivery.nextAttemptAt, display)}`}</span>
              )}
            </p>
          </div>
          <span className={delivery.status === "failed" ? "font-strong text-bad" : "text-quiet"}>
            {STATUS_WORDS[delivery.status]}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Returns the number of attempts and the last outcome: ` · 2 attempts, 500`. */
function attemptsOf({ attempts, outcome }: Delivery): string {
  if (attempts === 0) return outcome === null ? "" : ` · ${outcome}`;
  const count = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  return ` · ${count}${outcome === null ? "" : `, ${outcome}`}`;
}
