/** Ids in a file that goes where tables have other numbers. */
import { expect, test } from "vitest";
import { newId, tableOfId } from "../values/id.ts";
import { renumbering } from "./export-file.ts";

test("every id in a document gets the number that its table has here, and stays the same id otherwise", () => {
  const user = newId(10_001);
  const project = newId(10_002);
  const renumber = renumbering({ users: 10_001, projects: 10_002 }, { users: 10_002, projects: 200 });
  const out = renumber({ _id: user, in: [project, { [user]: 1 }], text: "hello", n: null }) as {
    _id: string;
    in: [string, Record<string, number>];
  };
  expect(tableOfId(out._id)).toBe(10_002);
  expect(out._id.slice(4, 28)).toBe(user.slice(4, 28));
  expect(tableOfId(out.in[0])).toBe(200);
  expect(out.in[1]).toEqual({ [out._id]: 1 });
  expect(out).toMatchObject({ text: "hello", n: null });
});

test("ids of tables that are not in the file, and texts that only look like ids, stay", () => {
  const other = newId(300);
  const renumber = renumbering({ users: 10_001 }, { users: 10_002 });
  const document = { other, text: "a".repeat(32), bytes: { $bytes: newId(10_001) } };
  expect(renumber(document)).toEqual(document);
});

test("where the numbers are the same, documents are not touched", () => {
  const document = { _id: newId(10_001) };
  expect(renumbering({ users: 10_001 }, { users: 10_001, more: 10_002 })(document)).toBe(document);
});
