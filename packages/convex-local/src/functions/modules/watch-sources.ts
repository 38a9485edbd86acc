/** Tells of changes in a folder of functions, and in what they are made of elsewhere, once for a burst of them. */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

const QUIET_MS = 80;

/**
 * @param dir looked at with all that is below it
 * @param outside further files; asked for again after each change
 * @param changed called when files have changed and been quiet for a moment; not again until its promise settles
 * @returns ends the watching
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
  // Folders, not files: an editor that writes a new file in place of the old one leaves a file's own watcher behind.
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
