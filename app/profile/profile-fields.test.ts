import { describe, expect, it } from "vitest";
import { profileChanges, profileProblems } from "./profile-fields.ts";

describe("what a form changes", () => {
  it.each([
    ["what differs from what was shown", { firstName: "Ada", firstNameShown: "Grace" }, { firstName: "Ada" }],
    ["nothing that was left as it was", { firstName: "Grace", firstNameShown: "Grace" }, {}],
    ["what was emptied", { lastName: "", lastNameShown: "Hopper" }, { lastName: "" }],
    [
      "all of a form that does not say",
      { firstName: "", lastName: "Hopper" },
      { firstName: "", lastName: "Hopper" },
    ],
    ["nothing that has no such field", { email: "a@example.com", firstNameShown: "Grace" }, {}],
  ])("is %s", (_what, form, changes) => {
    expect(profileChanges(form as unknown as Record<string, string>)).toEqual(changes);
  });
});

it("says what is wrong at each field", () => {
  expect(profileProblems({ firstName: "x".repeat(101), lastName: "" })).toEqual({
    firstName: "Use at most 100 characters.",
  });
});
