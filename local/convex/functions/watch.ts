/** Tells of changes in a folder of functions, once for a burst of them. */
import { watch } from "node:fs";

const QUIET_MS = 80;

/**
 * @param changed called when files have changed and been quiet for a moment; not again until its promise settles
 * @returns ends the watching
 */
export function watchSources(dir: string, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
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
  };
  const watcher = watch(dir, { recursive: true }, (_event, file) => {
    if (file && /(?:^|[\\/])(?:_generated|node_modules)[\\/]/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void run(), QUIET_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
