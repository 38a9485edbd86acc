import { describe, expect, it } from "vitest";
import { problemsOf } from "../data/define-form.ts";
import { profileChanges, saveProfile } from "./profile-form.ts";

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

describe("saveProfile", () => {
  const name = "x".repeat(101);

  it.each([
    ["returns a message for an invalid field", {}, { firstName: "Use at most 100 characters." }],
    ["accepts a field that is unchanged, as it may be older than the rules", { firstNameShown: name }, null],
  ])("%s", (_what, shown, errors) => {
    expect(problemsOf(saveProfile, { ...shown, firstName: name, lastName: "" })).toEqual(errors);
  });
});
