/** Features that the oldest supported browsers lack, from the data of the W3C WebDX group. */
import { features } from "web-features";

const OLDEST = { chrome: 119, edge: 119, firefox: 121, safari: 17.1 };

type Support = Partial<Record<keyof typeof OLDEST, string>>;

/**
 * Returns whether every oldest browser has the feature. `≤17.4` means that 17.4 has it and the first is
 * unknown.
 */
function isIn(support: Support): boolean {
  return (Object.keys(OLDEST) as (keyof typeof OLDEST)[]).every((browser) => {
    const since = support[browser]?.replace("≤", "");
    return since !== undefined && compare(since, String(OLDEST[browser])) <= 0;
  });
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0);
}

const known: [key: string, inAll: boolean][] = Object.values(features).flatMap((feature) =>
  feature.kind === "feature"
    ? Object.entries(feature.status.by_compat_key ?? {}).map(([key, { support }]): [string, boolean] => [
        key,
        isIn(support),
      ])
    : [],
);

/**
 * Missing keys, such as `css.properties.text-wrap.pretty`, `javascript.builtins.Map.groupBy` or
 * `api.URL.parse_static`.
 */
export const missingKeys: string[] = known.filter(([, inAll]) => !inAll).map(([key]) => key);

/** Keys of the features that every supported browser has. */
export const presentKeys: string[] = known.filter(([, inAll]) => inAll).map(([key]) => key);

/** A global name in scripts, or a member of it. */
export type Name = { owner: string; member: string | null };

/** Returns the script names of the given keys. Keys for syntax, headers and styles have none. */
export function scriptNames(keys: readonly string[]): Name[] {
  return keys.flatMap((key) => {
    const [, owner, member, ...further] =
      /^(?:api|javascript\.builtins)\.(\w+)(?:\.(\w+))?(\..*)?$/.exec(key) ?? [];
    if (owner === undefined || further.some(Boolean)) return [];
    return [{ owner, member: member?.replace(/_(static|event)$/, "") ?? null }];
  });
}
