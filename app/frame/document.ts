/** Document data that is available even if no loader ran, as on an error page. */
import { createContext, useContext } from "react";
import { isTheme, type Theme } from "../ui/theme.ts";

export type DocumentInfo = {
  theme: Theme;
  requestId: string;
  /** The only script of a prerendered page, which has no client router, nonce or request id. */
  onlyScript?: string;
};

const DocumentContext = createContext<DocumentInfo>({ theme: "system", requestId: "" });

export const DocumentProvider = DocumentContext.Provider;

/** Returns theme and request id of the document as it was sent. */
export function useDocument(): DocumentInfo {
  return useContext(DocumentContext);
}

/** Reads from `<html>` what the server rendered with, so that hydration matches. */
export function readDocument(html: HTMLElement): DocumentInfo {
  const theme = html.dataset.theme;
  return {
    theme: isTheme(theme) ? theme : "system",
    requestId: html.dataset.request ?? "",
  };
}
