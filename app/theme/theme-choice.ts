/**
 * The theme chosen in this tab, sent to the server until it is stored. Kept outside React, because an error
 * page mounts a new provider.
 */
import { pause } from "../data/pause.ts";
import { addRejection, clearWithOwner, hold } from "../data/pending.ts";
import type { Theme } from "../ui/theme.ts";

type Choice = {
  theme: Theme;
  /** The stored theme when this one was chosen. */
  before: Theme;
  stored: boolean;
};

/** A choice is expected to be stored within this time. */
const GRACE_MS = 1_000;

let choice: Choice | null = null;
let release = () => {};
let isSending = false;
const listeners = new Set<() => void>();

export const currentChoice = () => choice;

export function onChoice(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function set(next: Choice | null, graceMs = GRACE_MS): void {
  release();
  release = next === null || next.stored ? () => {} : hold(graceMs);
  choice = next;
  for (const listener of listeners) listener();
}

clearWithOwner(() => set(null));

/**
 * Shows a theme at once and stores it.
 *
 * @param theme - The theme to store.
 * @param before - The stored theme so far.
 */
export function chooseTheme(theme: Theme, before: Theme): void {
  set({ theme, before, stored: false });
  if (!isSending) void send();
}

/** Sends the choice until the server accepts or rejects it. The request is idempotent. */
async function send(): Promise<void> {
  isSending = true;
  for (let attempt = 0; choice !== null && !choice.stored; attempt++) {
    const sent = choice;
    const status = await post(sent.theme);
    if (choice !== sent) {
      attempt = -1;
    } else if (status >= 200 && status < 300) {
      set({ ...sent, stored: true });
    } else if (status === 400) {
      set(null);
      addRejection("The theme could not be stored.");
    } else {
      set(choice, 0);
      await pause(attempt);
    }
  }
  isSending = false;
}

/** Posts the theme to the home page's action and returns the status; 0 if there is no response. */
async function post(theme: Theme): Promise<number> {
  try {
    const response = await fetch("/_.data", { method: "POST", body: new URLSearchParams({ theme }) });
    return response.status;
  } catch {
    return 0;
  }
}
