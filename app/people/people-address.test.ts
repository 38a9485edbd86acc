import { expect, test } from "vitest";
import { peopleArgs } from "./people-address.ts";

const argsOf = (query: string) => peopleArgs({ url: new URL(`http://localhost/admin/users${query}`) });

test("a URL without a query lists all users", () => {
  expect(argsOf("")).toEqual({});
  expect(argsOf("?search=%20&cursor=")).toEqual({});
});

test("the search text is trimmed, and the cursor is kept as is", () => {
  expect(argsOf("?search=%20Ada%20&cursor=%20x")).toEqual({ search: "Ada", cursor: " x" });
});
