import { expect, it } from "vitest";
import { editHeaders } from "./edit-headers.ts";

it("edits a response in place if its headers are mutable", () => {
  const response = new Response("body");
  expect(editHeaders(response, (headers) => headers.set("X-A", "1"))).toBe(response);
  expect(response.headers.get("X-A")).toBe("1");
});

it("edits a copy, once, if the headers are immutable", () => {
  const edited = editHeaders(Response.redirect("http://localhost/a", 303), (headers) => {
    headers.append("Set-Cookie", "a=1");
  });
  expect(edited.status).toBe(303);
  expect(edited.headers.get("Location")).toBe("http://localhost/a");
  expect(edited.headers.getSetCookie()).toEqual(["a=1"]);
});
