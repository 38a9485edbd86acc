/**
 * Rows of data as one text in what a loader gives. React Router encodes and decodes each value of that by itself, in
 * JavaScript; JSON is the engine's own, and a list of fifty costs a tenth.
 */
import { useMemo } from "react";

/** JSON text of a `T`: plain values only, and finite numbers. */
export type Packed<T> = string & { readonly packed?: T };

export function pack<T>(value: T): Packed<T> {
  return JSON.stringify(value);
}

/** @returns What was packed; the same object for as long as the text is the same. */
export function usePacked<T>(packed: Packed<T> | null): T | null {
  return useMemo(() => (packed === null ? null : (JSON.parse(packed) as T)), [packed]);
}
