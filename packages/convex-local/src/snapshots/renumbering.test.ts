/** Ids of documents that are imported into a backend with other table numbers. */
import { expect, test } from "vitest";
import { idInTable, newId, tableOfId } from "../values/id.ts";
import { renumbering } from "./renumbering.ts";

test("replaces the table number in every id of a document, and nothing else in it", () => {
  const user = newId(10_001);
  const project = newId(10_002);
  const renumber = renumbering({ users: 10_001, projects: 10_002 }, { users: 10_002, projects: 200 });
  const newUser = idInTable(user, 10_002);
  expect(tableOfId(newUser)).toBe(10_002);
  expect(newUser.slice(4, 28)).toBe(user.slice(4, 28));
  expect(renumber({ _id: user, in: [project, { [user]: 1 }], text: "hello", n: null })).toEqual({
    _id: newUser,
    in: [idInTable(project, 200), { [newUser]: 1 }],
    text: "hello",
    n: null,
  });
});

test("keeps ids of tables that are not in the file, and text that only looks like an id", () => {
  const other = newId(300);
  const renumber = renumbering({ users: 10_001 }, { users: 10_002 });
  const document = { other, text: "a".repeat(32), bytes: { $bytes: newId(10_001) } };
  expect(renumber(document)).toEqual(document);
});

test("returns the same document if the table numbers are equal", () => {
  const document = { _id: newId(10_001) };
  expect(renumbering({ users: 10_001 }, { users: 10_001, more: 10_002 })(document)).toBe(document);
});
