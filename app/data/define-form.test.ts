import type { FunctionReference } from "convex/server";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  defineForm,
  type FormDefinition,
  type FormField,
  given,
  HIDDEN,
  isOfForm,
  type Mutation,
  problemsOf,
  rejectionOf,
  type Submitted,
} from "./define-form.ts";

type Rename = FunctionReference<"mutation", "public", { noteId: string; name: string }, null>;
const mutation = { name: "notes:rename" } as unknown as Rename;
const name = { label: "Name", check: given("Enter a name.") };

const rename = defineForm({
  intent: "rename",
  fields: { name, memberId: HIDDEN },
  rejectedAt: "name",
  mutation,
  args: (values, { noteId }: { noteId: string }) => ({ noteId, name: values.name.trim() }),
  done: "Renamed",
});
const withoutIntent = defineForm({
  fields: { name },
  mutation: {} as Mutation,
  args: () => ({}),
  done: "Done",
});

describe("defineForm", () => {
  it("returns a form that makes the mutation's arguments of submitted values", () => {
    expect(rename.argsOf({ name: " New " }, { noteId: "n1" })).toEqual({ noteId: "n1", name: "New" });
    expect(rename.argsOf({}, { noteId: "n1" })).toEqual({ noteId: "n1", name: "" });
  });

  it("requires a message, a field, every argument, an outcome and the params in its types", () => {
    type Values = { readonly name: string };
    type Whole = FormDefinition<{ name: typeof name }, Rename, unknown, unknown, never>;
    type Given = {
      fields: { name: typeof name };
      mutation: Rename;
      args: (values: Values) => { noteId: string; name: string };
      done: string;
    };
    expectTypeOf<Given>().toExtend<Whole>();
    expectTypeOf<Omit<Given, "mutation">>().not.toExtend<Whole>();
    expectTypeOf<Omit<Given, "done">>().not.toExtend<Whole>();
    expectTypeOf<Given & { rejectedAt: "title" }>().not.toExtend<Whole>();
    expectTypeOf<Omit<Given, "args"> & { args: () => { name: string } }>().not.toExtend<Whole>();
    expectTypeOf<
      Omit<Given, "args"> & { args: (values: { title: string }) => { noteId: string; name: string } }
    >().not.toExtend<Whole>();
    expectTypeOf<{ label: string }>().not.toExtend<FormField>();
    expectTypeOf(rename.argsOf).parameter(1).toEqualTypeOf<{ noteId: string }>();
  });
});

describe("problemsOf", () => {
  it("returns messages at their fields, and under `form` for a field without a label", () => {
    expect(problemsOf(rename, {})).toEqual({ name: "Enter a name.", form: HIDDEN.check("") });
    expect(problemsOf(rename, { memberId: "m1" })).toEqual({ name: "Enter a name." });
  });

  it("returns null if all fields are valid", () => {
    expect(problemsOf(rename, { name: "New", memberId: "m1" })).toBeNull();
  });
});

it("rejectionOf returns a rejection at the field that shows it, otherwise for the whole form", () => {
  expect(rejectionOf(rename, "Taken.")).toEqual({ name: "Taken." });
  expect(rejectionOf(withoutIntent, "Taken.")).toEqual({ form: "Taken." });
});

describe("isOfForm", () => {
  it.each([
    ["accepts values with the form's intent", rename, { intent: "rename" }, {}, true],
    ["rejects another intent", rename, { intent: "delete", name: "x" }, {}, false],
    ["rejects values without the form's intent", rename, { name: "x" }, {}, false],
    [
      "accepts the form of the same entry",
      rename,
      { intent: "rename", memberId: "a" },
      { memberId: "a" },
      true,
    ],
    [
      "rejects the form of another entry",
      rename,
      { intent: "rename", memberId: "a" },
      { memberId: "b" },
      false,
    ],
    ["accepts one of the fields of a form without intent", withoutIntent, { name: "x" }, {}, true],
    ["accepts an empty form without intent", withoutIntent, {}, {}, true],
    ["rejects only unknown fields", withoutIntent, { timeZone: "UTC" }, {}, false],
    ["rejects an intent if the form has none", withoutIntent, { intent: "rename", name: "x" }, {}, false],
  ])("%s", (_what, form, submitted: Submitted, fixed: Submitted, expected) => {
    expect(isOfForm(form, submitted, fixed)).toBe(expected);
  });
});
