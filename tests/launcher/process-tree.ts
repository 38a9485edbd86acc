/** Descendants of a process, read from /proc while they run, to find those that outlive it. Linux only. */
import { readdirSync, readFileSync } from "node:fs";

type Entry = { pid: number; parent: number; state: string; name: string; start: string };

export class ProcessTree {
  readonly #root: number;
  /** Start times by process id, because ids are reused. */
  readonly #seen = new Map<number, string>();

  /** @param root - Process id of the first process. */
  constructor(root: number) {
    this.#root = root;
    this.look();
  }

  /** Adds the current descendants of the root. Call it often: an orphan is no longer a descendant. */
  look(): void {
    const entries = allProcesses();
    const below = new Set([this.#root]);
    for (let size = 0; size !== below.size; ) {
      size = below.size;
      for (const { pid, parent } of entries) if (below.has(parent)) below.add(pid);
    }
    for (const { pid, start } of entries) if (below.has(pid)) this.#seen.set(pid, start);
  }

  /** Returns every process seen that still exists, including zombies, such as `workerd (Z)`. */
  left(): string[] {
    return allProcesses()
      .filter(({ pid, start }) => this.#seen.get(pid) === start)
      .map(({ name, state }) => `${name} (${state})`);
  }
}

function allProcesses(): Entry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // "pid (name) state parent …"; the name may contain anything.
        const [, name = "", rest = ""] =
          /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
        const [state = "", parent = ""] = rest.split(" ");
        return [{ pid: Number(pid), parent: Number(parent), state, name, start: rest.split(" ")[19] ?? "" }];
      } catch {
        return []; // The process has already exited.
      }
    });
}
