/** Where a function is: a component, and `module:export` in it. The three ways in which code names one lead here. */

export type FunctionAddress = { component: string; path: string };

/** How the published `convex` package passes a function to a syscall (`getFunctionAddress`). */
export type AddressJson = { name?: string; reference?: string; functionHandle?: string };

const HANDLE = "function://";
const CHILD = "_reference/childComponent/";

/** `module`, `module.js:export`, `folder/module:export` in the one form used here. */
export function canonicalPath(name: string): string {
  const colon = name.lastIndexOf(":");
  const module = colon === -1 ? name : name.slice(0, colon);
  const exported = colon === -1 ? "default" : name.slice(colon + 1);
  return `${module.replace(/\.[jt]sx?$/, "")}:${exported}`;
}

/**
 * The function that code in `component` means.
 * @throws Error for a reference that can mean none.
 */
export function resolveAddress(
  component: string,
  { name, reference, functionHandle }: AddressJson,
): FunctionAddress {
  if (functionHandle !== undefined) return fromHandle(functionHandle);
  if (name !== undefined) return { component, path: canonicalPath(name) };
  if (reference?.startsWith(CHILD)) {
    const [child, ...parts] = reference.slice(CHILD.length).split("/");
    const exported = parts.pop();
    if (child && exported !== undefined && parts.length > 0) {
      return { component: childPath(component, child), path: `${parts.join("/")}:${exported}` };
    }
  }
  throw new Error(`Unknown function reference ${reference ?? ""}`);
}

function childPath(component: string, child: string): string {
  return component === "" ? child : `${component}/${child}`;
}

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
