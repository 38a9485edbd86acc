/** Damaged files, a clock that jumps back, and a disk without space. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { Store } from "../../src/engine/store.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-local-data-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Creates a data file with a few hundred documents. */
function create(name: string): string {
  const file = join(folder, name);
  const engine = new Engine(new Store(file), Date.now);
  const transaction = engine.begin();
  for (let i = 0; i < 500; i++)
    transaction.insert(engine.catalog.table("", "rows"), { i, text: "x".repeat(200) });
  engine.commit(transaction);
  engine.close();
  return file;
}

test.each<[what: string, damage: (file: string) => void]>([
  ["is no database", (file) => writeFileSync(file, "This is a text file.".repeat(100))],
  ["is cut off", (file) => truncateSync(file, 6000)],
  [
    "has an overwritten schema",
    (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xff, 100, 2000);
      writeFileSync(file, bytes);
    },
  ],
])("a file that %s is reported with what to do", (_what, damage) => {
  const file = create("damaged.sqlite");
  damage(file);
  expect(() => new Engine(new Store(file), Date.now)).toThrow(
    /damaged\.sqlite is damaged, or is not a database of this backend \(.+\)\. Move or delete it\./,
  );
  rmSync(file);
});

test("when the clock jumps back, timestamps and creation times still increase, also after a restart", () => {
  const file = join(folder, "clock.sqlite");
  const time = { now: 1_900_000_000_000 };
  const insert = (engine: Engine): [ts: bigint, created: number] => {
    const transaction = engine.begin();
    const table = engine.catalog.table("", "rows");
    const id = transaction.insert(table, {});
    const created = transaction.reader.get(table, id)?.value._creationTime ?? 0;
    return [engine.commit(transaction), created];
  };
  let engine = new Engine(new Store(file), () => time.now);
  const seen = [insert(engine)];
  time.now -= 3_600_000;
  seen.push(insert(engine), insert(engine));
  engine.close();
  engine = new Engine(new Store(file), () => time.now);
  seen.push(insert(engine));
  engine.close();
  for (const [i, [ts, created]] of seen.slice(1).entries()) {
    const [tsBefore = 0n, createdBefore = 0] = seen[i] ?? [];
    expect(ts).toBeGreaterThan(tsBefore);
    expect(created).toBeGreaterThan(createdBefore);
  }
});

test("a mutation that does not fit on the disk fails with a reason, and everything else stays", async () => {
  const script = join(import.meta.dirname, "full-disk.ts");
  // A limit of the size of files has the same effect as a disk without space.
  const child = spawn("bash", [
    "-c",
    'ulimit -f 1200; exec "$0" "$@"',
    process.execPath,
    script,
    join(folder, "full.sqlite"),
  ]);
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    output += data;
  });
  await new Promise((resolve) => child.once("exit", resolve));
  const { stored, failure, found, afterwards } = JSON.parse(
    output.split("RESULT ")[1] ?? `{"failure": ${JSON.stringify(output)}}`,
  );
  expect(failure).toContain("The database could not be written");
  expect(stored).toBeGreaterThan(0);
  expect([found, afterwards]).toEqual([stored, stored]);
});
