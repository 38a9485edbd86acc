/** Search form of the user list. The search text is in the URL and is updated while the user types. */
import { useEffect, useRef } from "react";
import { Form, useSubmit } from "react-router";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";

/** Debounce: long enough to search once per word, short enough to feel immediate. */
const PAUSE_MS = 250;

export function SearchForm({ search }: { search: string }) {
  const submit = useSubmit();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const shown = useRef(search);
  useEffect(() => {
    if (shown.current === search) return;
    shown.current = search;
    const field = form.current?.elements.namedItem("search");
    // While the user types, the URL only follows.
    if (timer.current !== undefined || !(field instanceof HTMLInputElement)) return;
    if (field.value.trim() !== search) field.value = search;
  }, [search]);
  return (
    <Form
      ref={form}
      role="search"
      method="get"
      className="form-row max-w-form"
      onSubmit={stop}
      onChange={({ currentTarget }) => {
        stop();
        timer.current = setTimeout(() => {
          stop();
          void submit(currentTarget, { replace: true });
        }, PAUSE_MS);
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
