/** Names of tables, indexes and fields of a schema: Convex's identifiers. */
import { LIMITS } from "./limits.ts";

/** Returns why a name is not an identifier, or null if it is one. */
export function problemOfIdentifier(name: string): string | null {
  const [first] = name;
  if (first === undefined) return "Identifier cannot be empty";
  if (!/[a-zA-Z_]/.test(first)) {
    return `Invalid first character '${first}' in ${name}: Identifiers must start with an alphabetic character or underscore`;
  }
  const wrong = /[^a-zA-Z0-9_]/u.exec(name)?.[0];
  if (wrong !== undefined) {
    return `Identifier ${name} has invalid character '${wrong}': Identifiers can only contain alphanumeric characters or underscores`;
  }
  if (name.length > LIMITS.identifierLength) {
    return `Identifier is too long (${name.length} > maximum ${LIMITS.identifierLength})`;
  }
  return /^_+$/.test(name) ? `Identifier ${name} cannot have exclusively underscores` : null;
}
