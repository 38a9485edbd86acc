/** Address of a function: a component, and `module:export` in it. Resolves the three ways to refer to a function. */
import { canonicalPath } from "../../function-path.ts";

export type FunctionAddress = { component: string; path: string };

/** The address of a function as other code refers to it. A parent can only use what its component exports. */
export type FunctionReference = FunctionAddress & { exported: boolean };

/** A function as the published `convex` package passes it to a syscall (`getFunctionAddress`). */
export type AddressJson = { name?: string; reference?: string; functionHandle?: string };

const HANDLE = "function://";
const CHILD = "_reference/childComponent/";

/**
 * Resolves a reference of code in `component`.
 *
 * @throws {Error} when the reference is malformed.
 */
export function resolveAddress(
  component: string,
  { name, reference, functionHandle }: AddressJson,
): FunctionReference {
  if (functionHandle !== undefined) return { ...fromHandle(functionHandle), exported: false };
  if (name !== undefined) return { component, path: canonicalPath(name), exported: false };
  if (reference?.startsWith(CHILD)) {
    const [child, ...parts] = reference.slice(CHILD.length).split("/");
    const exported = parts.pop();
    if (child && exported !== undefined && parts.length > 0) {
      return {
        component: childPath(component, child),
        path: `${parts.join("/")}:${exported}`,
        exported: true,
      };
    }
  }
  throw new Error(`Unknown function reference ${reference ?? ""}`);
}

function childPath(component: string, child: string): string {
  return component === "" ? child : `${component}/${child}`;
}

/** Returns the handle of a function. */
export function toHandle({ component, path }: FunctionAddress): string {
  return `${HANDLE}${component};${path}`;
}

function fromHandle(handle: string): FunctionAddress {
  const [component, path] = handle.slice(HANDLE.length).split(";");
  if (!handle.startsWith(HANDLE) || component === undefined || path === undefined) {
    throw new Error(`Malformed function handle ${handle}`);
  }
  return { component, path };
}
