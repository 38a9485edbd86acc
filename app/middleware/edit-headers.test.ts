import { expect, it } from "vitest";
import { editHeaders } from "./edit-headers.ts";

it("changes a response in place where that is allowed", () => {
  const response = new Response("body");
  expect(editHeaders(response, (headers) => headers.set("X-A", "1"))).toBe(response);
  expect(response.headers.get("X-A")).toBe("1");
});

it("changes a copy where the headers are not to be touched, and only once", () => {
  const edited = editHeaders(Response.redirect("http://localhost/a", 303), (headers) => {
    headers.append("Set-Cookie", "a=1");
  });
  expect(edited.status).toBe(303);
  expect(edited.headers.get("Location")).toBe("http://localhost/a");
  expect(edited.headers.getSetCookie()).toEqual(["a=1"]);
});
