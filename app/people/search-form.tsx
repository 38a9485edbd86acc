/** Search form of the user list. The search text is in the URL and is updated while the user types. */
import { useEffect, useRef } from "react";
import { Form, useSubmit } from "react-router";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";

/** Debounce: long enough to search once per word, short enough to feel immediate. */
const PAUSE_MS = 250;

export function SearchForm({ search }: { search: string }) {
  const submit = useSubmit();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Form
      role="search"
      method="get"
      className="form-row max-w-form"
      onSubmit={() => clearTimeout(timer.current)}
      onChange={({ currentTarget }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => void submit(currentTarget, { replace: true }), PAUSE_MS);
      }}
    >
      <Field
        label="Search"
        name="search"
        type="search"
        autoComplete="off"
        defaultValue={search}
        help="The start of a first name, last name or e-mail."
      />
      <Button>Search</Button>
    </Form>
  );
}
