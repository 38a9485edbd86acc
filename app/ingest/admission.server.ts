/**
 * Admission of API keys before the body is read and Convex is called: limits by address and by key, and a cache
 * of rejected keys.
 */
import { sha256Hex } from "../../convex/model/hex.ts";
import { clientNetwork } from "../auth/rate-limit.ts";
import type { RequestContext } from "../request/context.ts";
import { readNote, writeNote } from "./location-notes.server.ts";

const KEY = /^Bearer +(mosaic_[\w-]{1,200})$/i;

/** How long a rejected key or an address over its limit is rejected without a lookup, in seconds. */
const REJECTED_S = 60;

/** How long an accepted key is exempt from the limit of its address, in seconds, and the most that this may be exceeded. */
const ACCEPTED_S = 600;
const ACCEPTED_LONGER_S = 60;

const ACCEPTED = "accepted";
const REJECTIONS = ["unauthenticated", "archived"] as const;

/** Why an API key is rejected. The key of an archived project is valid. */
type KeyRejection = (typeof REJECTIONS)[number];

/** Why a request is rejected before or by the check of its API key. */
export type NotAdmitted = { kind: KeyRejection } | { kind: "limited"; by: "key" | "address" };

export type Admission = { kind: "admitted"; keyHash: string } | NotAdmitted;

type Context = Pick<RequestContext, "env" | "limits" | "seen">;

/** Decides from the headers whether a request of the ingestion API may go on to Convex. */
export async function admit({ headers }: Request, context: Context): Promise<Admission> {
  const { env, limits } = context;
  const key = KEY.exec(headers.get("Authorization") ?? "")?.[1];
  const keyHash = key === undefined ? null : await sha256Hex(key);
  const [known, addressLimited] = await Promise.all([
    keyHash === null ? null : readNote(env, noteOfKey(keyHash)),
    readNote(env, noteOfAddress(context)),
  ]);
  if (known !== ACCEPTED && addressLimited !== null) return { kind: "limited", by: "address" };
  if (keyHash === null) return await countRejection(context, "unauthenticated");
  const rejection = REJECTIONS.find((one) => one === known);
  if (rejection !== undefined) return await countRejection(context, rejection);
  const { success } = await limits.ingestion.limit({ key: noteOfKey(keyHash) });
  return success ? { kind: "admitted", keyHash } : { kind: "limited", by: "key" };
}

/** Notes that Convex accepted a key. */
export async function noteAccepted({ env }: Context, keyHash: string): Promise<void> {
  await writeNote(env, noteOfKey(keyHash), ACCEPTED, ACCEPTED_S, ACCEPTED_LONGER_S);
}

/** Notes that Convex rejected a key, and counts it against the address. Returns what to respond. */
export async function noteRejected(
  context: Context,
  keyHash: string,
  rejection: KeyRejection,
): Promise<NotAdmitted> {
  await writeNote(context.env, noteOfKey(keyHash), rejection, REJECTED_S);
  return await countRejection(context, rejection);
}

/**
 * Counts a rejection against the address, and notes an address over its limit. Reading the limiter counts too, so
 * later requests read the note instead.
 */
async function countRejection(context: Context, kind: KeyRejection): Promise<NotAdmitted> {
  const { success } = await context.limits.rejections.limit({ key: noteOfAddress(context) });
  if (success) return { kind };
  await writeNote(context.env, noteOfAddress(context), "limited", REJECTED_S);
  return { kind: "limited", by: "address" };
}

function noteOfKey(keyHash: string): string {
  return `key ${keyHash}`;
}

function noteOfAddress({ seen }: Context): string {
  return `address ${clientNetwork(seen.ipAddress)}`;
}
