/** `npm run reset`: deletes the local data of this `PORT` (or `LOCAL_DIR`) unless it is in use. */
import { claim, dataDir, empty } from "./launch/data-dir.ts";
import { storageProblem } from "./launch/storage.ts";
import { portsFrom } from "./ports.ts";

function reset(): string | null {
  let dir: ReturnType<typeof dataDir>;
  try {
    dir = dataDir(process.cwd(), portsFrom(process.env.PORT).app, process.env.LOCAL_DIR);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  const lock = claim(dir);
  if (lock === null) return `Mosaic is running with the data in ${dir.path}. Stop it first.`;
  empty(dir);
  lock.release();
  process.stdout.write(`Emptied ${dir.path}\n`);
  return null;
}

function resetOrExplain(): string | null {
  try {
    return reset();
  } catch (error) {
    const problem = storageProblem(error);
    if (problem === null) throw error;
    return problem;
  }
}

const refusal = resetOrExplain();
if (refusal !== null) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}
