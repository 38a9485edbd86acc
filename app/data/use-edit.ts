/** Sends a form's edit exactly once: over the tab's socket while it is live, otherwise over HTTP. */
import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import {
  type FormEvent,
  type RefObject,
  startTransition,
  useEffect,
  useReducer,
  useRef,
  useState,
} from "react";
import { useSubmit } from "react-router";
import { rejectionIn } from "../../convex/model/rejection.ts";
import {
  type FormBase,
  type FormFields,
  isOfForm,
  type Mutation,
  type MutationForm,
  problemsOf,
  rejectionOf,
  type Submitted,
} from "./define-form.ts";
import { type FormFailure, type Problems, textsOf, useFailure } from "./form-action.ts";
import { useLive } from "./live-context.ts";
import { addRejection, hold, OFFLINE_EDIT } from "./pending.ts";
import { goesOverSocket, inTurn, isTurnFree } from "./route-of-edit.ts";

/** An unchanged form submitted again within this time is a double click or a held key. */
const TWICE_MS = 1_000;
/** An edit over a live socket is expected to be applied within this time. */
const GRACE_MS = 1_000;
/** A message shown for less than this counts as unread. */
const UNREAD_MS = 5_000;

const LEFT = "The page was left before it was sent.";

/** A form of either kind: one without a mutation uses HTTP only. */
export type EditableForm<F extends FormFields, M extends Mutation, P, S> = FormBase<F> &
  Partial<
    Pick<MutationForm<F, M, P, S, unknown>, "mutation" | "argsOf" | "optimistic" | "overHttp" | "done">
  >;

/** Requires an option only if the form needs it. */
type Needed<T, K extends string, V> = unknown extends T ? { [key in K]?: undefined } : { [key in K]: V };

export type EditOptions<F extends FormFields, M extends Mutation, P, S> = {
  /** Values of the form's hidden fields. */
  fixed?: Readonly<Partial<Record<keyof F & string, string>>>;
  /** Called when the edit was applied, with the mutation's value if it went over the socket. */
  onDone?: (args: M["_args"] | undefined, value?: FunctionReturnType<M>) => void;
  /** Called when the mutation was rejected. */
  onRejected?: () => void;
} & Needed<P, "params", P | null> &
  Needed<S, "shown", S>;

export type Edit<F extends FormFields = FormFields, M extends Mutation = Mutation> = {
  form: FormBase<F>;
  fixed: Submitted;
  ref: RefObject<HTMLFormElement | null>;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  onInput: () => void;
  /** The arguments of the pending edits, oldest first. */
  pending: readonly M["_args"][];
  waiting: boolean;
  /** Whether an edit is being sent over HTTP. */
  busy: boolean;
  /** The form's `done` if the last edit went over the socket and was applied. */
  done: string | null;
  /** Why the last edit was not sent or was rejected. */
  errors: Problems;
  /** The message for the whole form if it was rejected over the socket. */
  rejection: string | undefined;
  /** The values of an edit that the action rejected, until the form is submitted again. */
  values: Submitted;
};

type Sent<F extends Mutation> = {
  args: F["_args"] | undefined;
  /** The serialized form, to recognize a repeated submission. */
  text: string;
  label: string;
  data: FormData;
  action: string | undefined;
  way: "undecided" | "socket" | "http";
  release: () => void;
};

/** The hook's mutable state. A change becomes visible with `render`. */
class Memory<M extends Mutation> {
  sent: readonly Sent<M>[] = [];
  done: string | null = null;
  /** Problems of the values that were not sent. */
  problems: Problems | null = null;
  rejection: string | null = null;
  announced = { text: "", at: 0 };
  last = { text: "", at: 0, touched: false };
  stale: FormFailure | undefined = undefined;
  mounted = true;
}

/**
 * Returns the handlers and state of a form's edits. Pass the result to `EditForm`.
 *
 * @param form - The form's definition.
 */
export function useEdit<F extends FormFields, M extends Mutation, P, S>(
  form: EditableForm<F, M, P, S>,
  options: EditOptions<F, M, P, S>,
): Edit<F, M> {
  const live = useLive();
  const submit = useSubmit();
  const answer = useFailure();
  const fixed = options.fixed ?? {};
  const failure = answer && isOfForm(form, answer.values, fixed) ? answer : undefined;
  const ref = useRef<HTMLFormElement>(null);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const [answered, setAnswered] = useState<Sent<M> | null>(null);
  const latest = useRef({ live, options, submit });
  latest.current = { live, options, submit };
  const memory = useRef<Memory<M>>(null);
  memory.current ??= new Memory<M>();
  const m = memory.current;

  const settle = (
    one: Sent<M>,
    outcome: { rejection: string } | { value?: FunctionReturnType<M> } | null,
  ) => {
    one.release();
    m.sent = m.sent.filter((other) => other !== one);
    m.last.at = Date.now();
    if (outcome === null) m.last.text = "";
    else if ("rejection" in outcome) {
      m.last.text = "";
      m.rejection = outcome.rejection;
      m.announced = { text: `${one.label} was rejected. ${outcome.rejection}`, at: m.last.at };
      if (!m.mounted) addRejection(m.announced.text);
      latest.current.options.onRejected?.();
    } else {
      const { options } = latest.current;
      if (one.way === "socket")
        m.done = typeof form.done === "function" ? form.done(outcome.value) : (form.done ?? null);
      if (!m.last.touched && m.last.text === one.text) ref.current?.reset();
      options.onDone?.(one.args, outcome.value);
    }
    render();
  };

  const sendOverSocket = (one: Sent<M>) => {
    const { live, options } = latest.current;
    if (live.client === null || form.mutation === undefined) return;
    one.way = "socket";
    const { optimistic } = form;
    const update = optimistic && {
      optimisticUpdate: (store: OptimisticLocalStore, args: M["_args"]) =>
        optimistic(store, args, options.shown as S),
    };
    live.client.mutation(form.mutation, one.args, update).then(
      (value: FunctionReturnType<M>) => settle(one, { value }),
      (error: unknown) => settle(one, { rejection: rejectionMessage(error) }),
    );
    render();
  };

  const sendEitherWay = async (one: Sent<M>) => {
    const { client, state } = latest.current.live;
    const mayUseSocket = one.args !== undefined && client !== null;
    if (mayUseSocket && ((await goesOverSocket(client, state)) || !m.mounted)) return sendOverSocket(one);
    if (!navigator.onLine || !m.mounted) return settle(one, { rejection: m.mounted ? OFFLINE_EDIT : LEFT });
    one.way = "http";
    render();
    const { submit } = latest.current;
    await submit(one.data, {
      method: "post",
      // A submission must not wait for the code of the page; see `useClientNavigation`.
      state: { isSubmission: true },
      preventScrollReset: form.to === undefined,
      ...(one.action !== undefined && { action: one.action }),
    });
    one.release();
    // The router renders the server's response in a transition, so this is rendered with it.
    startTransition(() => setAnswered(one));
  };

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const target = event.currentTarget;
    const { submitter } = event.nativeEvent as SubmitEvent;
    const data = new FormData(target, submitter);
    const submitted = textsOf(data);
    const text = JSON.stringify(submitted);
    const now = Date.now();
    const same = text === m.last.text && !m.last.touched;
    if (same && (now - m.last.at < TWICE_MS || m.sent.some((one) => one.text === text))) {
      m.last.at = now;
      return;
    }
    m.rejection = null;
    m.problems = problemsOf(form, submitted);
    if (m.problems !== null) {
      const [wrong = ""] = Object.keys(m.problems);
      const field = target.elements.namedItem(wrong);
      if (field instanceof HTMLElement) field.focus();
      return render();
    }
    const overHttp = form.overHttp || options.params === null;
    target.closest("dialog")?.close();
    m.last = { text, at: now, touched: false };
    m.done = null;
    m.stale = failure;
    const one: Sent<M> = {
      args: overHttp ? undefined : form.argsOf?.(submitted, options.params as P),
      text,
      label: labelOf(target, submitter),
      data,
      action: target.getAttribute("action") ?? undefined,
      way: "undecided",
      release: hold(live.state === "live" ? GRACE_MS : 0),
    };
    m.sent = [...m.sent, one];
    render();
    if (isTurnFree() && one.args !== undefined && live.client !== null && live.state === "live")
      sendOverSocket(one);
    else inTurn(() => sendEitherWay(one));
  };

  const isNew = failure && failure !== m.stale;
  const settleAnswered = useRef(() => {});
  settleAnswered.current = () => {
    if (answered !== null) settle(answered, isNew ? null : {});
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer
  useEffect(() => settleAnswered.current(), [answered]);

  useEffect(() => {
    m.mounted = true;
    return () => {
      m.mounted = false;
      if (m.rejection !== null && Date.now() - m.announced.at < UNREAD_MS) addRejection(m.announced.text);
    };
  }, [m]);

  const rejected = m.rejection === null ? null : rejectionOf(form, m.rejection);
  return {
    form,
    fixed,
    ref,
    onSubmit,
    onInput: () => {
      m.last.touched = true;
      if (m.problems === null || ref.current === null) return;
      m.problems = problemsOf(form, textsOf(new FormData(ref.current)));
      render();
    },
    pending: m.sent.map(({ args }) => args),
    waiting: m.sent.length > 0,
    busy: m.sent.some(({ way }) => way !== "socket"),
    done: m.sent.length === 0 ? m.done : null,
    errors: m.problems ?? rejected ?? (isNew ? failure.errors : {}),
    rejection: rejected?.form,
    values: isNew ? failure.values : {},
  };
}

/** Returns a name for an edit from its button and its input: `Save role “admin”`. */
function labelOf(form: HTMLFormElement, submitter: HTMLElement | null): string {
  const typed = form.querySelector<HTMLInputElement>("input:not([type=hidden])")?.value;
  const button = submitter?.textContent?.trim() || "An edit";
  return typed ? `${button} “${typed}”` : button;
}

/** Returns the message of a `ConvexError({ code, message })`, or a generic one for any other error. */
function rejectionMessage(error: unknown): string {
  return rejectionIn(error)?.message ?? "That did not work. Please try again.";
}
