import { expect, test } from "vitest";
import { peopleArgs } from "./people-address.ts";

const argsOf = (query: string) => peopleArgs({ url: new URL(`http://localhost/admin/users${query}`) });

test("an address without a query asks for everyone", () => {
  expect(argsOf("")).toEqual({});
  expect(argsOf("?search=%20&cursor=")).toEqual({});
});

test("whom one looks for is trimmed, and the page is as it stands", () => {
  expect(argsOf("?search=%20Ada%20&cursor=%20x")).toEqual({ search: "Ada", cursor: " x" });
});
