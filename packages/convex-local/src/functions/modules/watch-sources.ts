/** Watches a folder of functions and their other source files. Several quick changes are reported once. */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

const QUIET_MS = 80;

/**
 * Starts to watch.
 *
 * @param dir - The folder, watched recursively.
 * @param outside - Returns further files; called again after each change.
 * @param changed - Called after changes, once they have stopped for a moment, and not again until its promise settles.
 * @returns Stops watching.
 */
export function watchSources(
  dir: string,
  outside: () => readonly string[],
  changed: () => Promise<void>,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  let others: FSWatcher[] = [];
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await changed();
    } while (again);
    running = false;
    watchOthers();
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), QUIET_MS);
  };
  // Watches folders, because the watcher of a file does not notice when an editor replaces the file.
  const watchOthers = (): void => {
    for (const watcher of others) watcher.close();
    const files = new Set(outside());
    others = [...new Set([...files].map(dirname))].map((folder) => {
      const names = new Set(
        [...files].filter((file) => dirname(file) === folder).map((file) => basename(file)),
      );
      return watch(folder, (_event, file) => {
        if (file && names.has(file)) soon();
      });
    });
  };
  const own = watch(dir, { recursive: true }, (_event, file) => {
    if (!file || !/(?:^|[\\/])(?:_generated|node_modules)[\\/]/.test(file)) soon();
  });
  watchOthers();
  return () => {
    clearTimeout(timer);
    for (const watcher of [own, ...others]) watcher.close();
    others = [];
  };
}
