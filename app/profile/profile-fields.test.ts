import { describe, expect, it } from "vitest";
import { profileChanges, profileProblems } from "./profile-fields.ts";

describe("profileChanges", () => {
  it.each([
    [
      "a field that differs from the value shown",
      { firstName: "Ada", firstNameShown: "Grace" },
      { firstName: "Ada" },
    ],
    ["no field that is unchanged", { firstName: "Grace", firstNameShown: "Grace" }, {}],
    ["a field that was cleared", { lastName: "", lastNameShown: "Hopper" }, { lastName: "" }],
    [
      "all fields if the form has no shown values",
      { firstName: "", lastName: "Hopper" },
      { firstName: "", lastName: "Hopper" },
    ],
    ["no field that is unknown or missing", { email: "a@example.com", firstNameShown: "Grace" }, {}],
  ])("returns %s", (_what, form, changes) => {
    expect(profileChanges(form as unknown as Record<string, string>)).toEqual(changes);
  });
});

it("returns a message for each invalid field", () => {
  expect(profileProblems({ firstName: "x".repeat(101), lastName: "" })).toEqual({
    firstName: "Use at most 100 characters.",
  });
});
