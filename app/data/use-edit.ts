/** Sends a form's edit exactly once: over the tab's socket while it is live, otherwise over HTTP. */
import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReference, FunctionReturnType } from "convex/server";
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
import { textsOf } from "./form-texts.ts";
import type { FormFailure } from "./forms.server.ts";
import { useLive } from "./live-context.ts";
import { addRejection, hold, OFFLINE_EDIT } from "./pending.ts";
import { refusalOf } from "./refusal.ts";
import { goesOverSocket, inTurn, isTurnFree } from "./route-of-edit.ts";

/** An unchanged form submitted again within this time is a double click or a held key. */
const TWICE_MS = 1_000;
/** An edit over a live socket is expected to be applied within this time. */
const GRACE_MS = 1_000;
/** A message shown for less than this counts as unread. */
const UNREAD_MS = 5_000;

const LEFT = "The page was left before it was sent.";

type Mutation = FunctionReference<"mutation">;
/** The values of a form, by field name. */
export type Fields = Readonly<Record<string, string>>;

export type EditOptions<F extends Mutation> = {
  /** The mutation that does the same as the server's action. A form without it uses HTTP only. */
  reference?: F;
  /** Returns the mutation's arguments; null to not send the form, undefined to send it over HTTP only. */
  args?: (fields: Fields) => F["_args"] | null | undefined;
  /** Optimistic update of the local query results. */
  optimistic?: (store: OptimisticLocalStore, args: F["_args"]) => void;
  /** The action's error for this form. */
  failure?: FormFailure | null | undefined;
  /** Whether to keep the scroll position after a submission over HTTP. */
  stay?: boolean;
  /** Called when the edit was applied, with the mutation's value if it went over the socket. */
  onDone?: (args: F["_args"] | undefined, value?: FunctionReturnType<F>) => void;
  /** Called when the mutation was rejected. */
  onRejected?: () => void;
};

export type Edit<F extends Mutation = Mutation> = {
  form: RefObject<HTMLFormElement | null>;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  onInput: () => void;
  /** The arguments of the pending edits, oldest first. */
  pending: readonly F["_args"][];
  waiting: boolean;
  /** Whether an edit is being sent over HTTP. */
  busy: boolean;
  /** Whether the last edit went over the socket and was applied. */
  done: boolean;
  /** Why the last edit was rejected, unless `failure` has the reason. */
  refusal: string | null;
  /** The action's error, until the form is submitted again. */
  failure: FormFailure | undefined;
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
class Memory<F extends Mutation> {
  sent: readonly Sent<F>[] = [];
  done = false;
  refusal: string | null = null;
  rejection = { text: "", at: 0 };
  last = { text: "", at: 0, touched: false };
  stale: FormFailure | null | undefined = undefined;
  mounted = true;
}

/** Returns the handlers and state of a form's edits. Pass the result to `EditForm`. */
export function useEdit<F extends Mutation>(options: EditOptions<F> = {}): Edit<F> {
  const live = useLive();
  const submit = useSubmit();
  const form = useRef<HTMLFormElement>(null);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const [answered, setAnswered] = useState<Sent<F> | null>(null);
  const latest = useRef({ live, options, submit });
  latest.current = { live, options, submit };
  const memory = useRef<Memory<F>>(null);
  memory.current ??= new Memory<F>();
  const m = memory.current;

  const settle = (one: Sent<F>, outcome: { refusal: string } | { value?: FunctionReturnType<F> } | null) => {
    one.release();
    m.sent = m.sent.filter((other) => other !== one);
    m.last.at = Date.now();
    if (outcome === null) m.last.text = "";
    else if ("refusal" in outcome) {
      m.last.text = "";
      m.refusal = outcome.refusal;
      m.rejection = { text: `${one.label} was rejected. ${outcome.refusal}`, at: m.last.at };
      if (!m.mounted) addRejection(m.rejection.text);
      latest.current.options.onRejected?.();
    } else {
      m.done = one.way === "socket";
      if (!m.last.touched && m.last.text === one.text) form.current?.reset();
      latest.current.options.onDone?.(one.args, outcome.value);
    }
    render();
  };

  const sendOverSocket = (one: Sent<F>) => {
    const { live, options } = latest.current;
    if (live.client === null || options.reference === undefined) return;
    one.way = "socket";
    const optimistic = options.optimistic ? { optimisticUpdate: options.optimistic } : {};
    live.client.mutation(options.reference, one.args, optimistic).then(
      (value: FunctionReturnType<F>) => settle(one, { value }),
      (error: unknown) => settle(one, { refusal: refusalOf(error) }),
    );
    render();
  };

  const sendEitherWay = async (one: Sent<F>) => {
    const { client, state } = latest.current.live;
    const mayUseSocket = one.args !== undefined && client !== null;
    if (mayUseSocket && ((await goesOverSocket(client, state)) || !m.mounted)) return sendOverSocket(one);
    if (!navigator.onLine || !m.mounted) return settle(one, { refusal: m.mounted ? OFFLINE_EDIT : LEFT });
    one.way = "http";
    render();
    const { submit, options } = latest.current;
    await submit(one.data, {
      method: "post",
      // A submission must not wait for the code of the page; see `useClientNavigation`.
      state: { isSubmission: true },
      preventScrollReset: options.stay === true,
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
    const fields = textsOf(data);
    const text = JSON.stringify(fields);
    const now = Date.now();
    const same = text === m.last.text && !m.last.touched;
    if (same && (now - m.last.at < TWICE_MS || m.sent.some((one) => one.text === text))) {
      m.last.at = now;
      return;
    }
    const { live, options } = latest.current;
    const args = options.reference && options.args?.(fields);
    if (args === null) return;
    target.closest("dialog")?.close();
    m.last = { text, at: now, touched: false };
    m.done = false;
    m.refusal = null;
    m.stale = options.failure;
    const one: Sent<F> = {
      args,
      text,
      label: labelOf(target, submitter),
      data,
      action: target.getAttribute("action") ?? undefined,
      way: "undecided",
      release: hold(live.state === "live" ? GRACE_MS : 0),
    };
    m.sent = [...m.sent, one];
    render();
    if (isTurnFree() && args !== undefined && live.client !== null && live.state === "live")
      sendOverSocket(one);
    else inTurn(() => sendEitherWay(one));
  };

  const { failure } = options;
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
      if (m.refusal !== null && Date.now() - m.rejection.at < UNREAD_MS) addRejection(m.rejection.text);
    };
  }, [m]);

  return {
    form,
    onSubmit,
    onInput: () => {
      m.last.touched = true;
    },
    pending: m.sent.map(({ args }) => args),
    waiting: m.sent.length > 0,
    busy: m.sent.some(({ way }) => way !== "socket"),
    done: m.done && m.sent.length === 0,
    refusal: m.refusal,
    failure: isNew ? failure : undefined,
  };
}

/** Returns a name for an edit from its button and its input: `Create project “Night watch”`. */
function labelOf(form: HTMLFormElement, submitter: HTMLElement | null): string {
  const typed = form.querySelector<HTMLInputElement>("input:not([type=hidden])")?.value;
  const button = submitter?.textContent?.trim() || "An edit";
  return typed ? `${button} “${typed}”` : button;
}
