/**
 * Who may enter: everyone, the members of one organization, users of some e-mail domains, or both. Worker and
 * Convex apply the same rule. Imports nothing.
 */

/** `emailDomains` are in ASCII form; null if any e-mail may enter. */
export type EntryRule = { organizationId: string | null; emailDomains: readonly string[] | null };

/** Why a user does not satisfy the rule: another organization, an e-mail that is not verified, another domain. */
export type EntryProblem = "organization" | "unverified" | "domain";

/** Why a user may not enter. */
export type BarReason = EntryProblem | "suspended" | "deleted";

const REASONS: readonly string[] = [
  "organization",
  "unverified",
  "domain",
  "suspended",
  "deleted",
] satisfies BarReason[];

export function isBarReason(value: unknown): value is BarReason {
  return typeof value === "string" && REASONS.includes(value);
}

/** An e-mail as WorkOS last reported it. */
export type KnownEmail = { email: string; emailVerified: boolean };

/** Returns why a user with this organization and e-mail may not enter; null if they may. */
export function entryProblem(
  rule: EntryRule,
  user: KnownEmail & { organizationId: string | null },
): EntryProblem | null {
  if (rule.organizationId !== null && user.organizationId !== rule.organizationId) return "organization";
  return emailProblem(rule, user);
}

/** Returns why a user with this e-mail may not enter; null if they may. */
export function emailProblem(
  { emailDomains }: EntryRule,
  { email, emailVerified }: KnownEmail,
): "unverified" | "domain" | null {
  if (emailDomains === null) return null;
  if (!emailVerified) return "unverified";
  return isInDomains(emailDomains, email) ? null : "domain";
}

/** Returns whether an e-mail is in one of the domains. A subdomain is another domain. */
export function isInDomains(domains: readonly string[], email: string): boolean {
  const trimmed = email.trim();
  const domain = asciiDomain(trimmed.slice(trimmed.lastIndexOf("@") + 1));
  return domain !== null && domains.includes(domain);
}

/**
 * Returns the domains in the value of `ALLOWED_EMAIL_DOMAINS`, in ASCII form; null if it is empty. A malformed
 * entry allows nothing.
 */
export function emailDomainsIn(list: string): string[] | null {
  if (list.trim() === "") return null;
  return list.split(",").flatMap((entry) => asciiDomain(entry.trim()) ?? []);
}

/** Returns a domain in lower case and in ASCII form, such as `xn--bcher-kva.example`; null if it is malformed. */
export function asciiDomain(domain: string): string | null {
  // Everything that ends or changes the host of a URL is no part of a domain.
  if (/[\s/\\:?#@%[\]]/.test(domain)) return null;
  try {
    const { hostname } = new URL(`http://${domain}`);
    return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname) ? hostname : null;
  } catch {
    return null;
  }
}
