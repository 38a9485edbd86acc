/** What the document is rendered with even where no loader ran, as on an error page. */
import { createContext, useContext } from "react";
import { isTheme, type Theme } from "./theme/theme.ts";

export type DocumentInfo = {
  theme: Theme;
  requestId: string;
  /** The one script of a page that is the same for everyone; such a page has no client router, nonce or request id. */
  onlyScript?: string;
};

const DocumentContext = createContext<DocumentInfo>({ theme: "system", requestId: "" });

export const DocumentProvider = DocumentContext.Provider;

/** Theme and request id of the document as it was first sent. */
export function useDocument(): DocumentInfo {
  return useContext(DocumentContext);
}

/** In the browser: reads back from `<html>` what the server rendered with, so that hydration agrees. */
export function readDocument(html: HTMLElement): DocumentInfo {
  const theme = html.dataset.theme;
  return {
    theme: isTheme(theme) ? theme : "system",
    requestId: html.dataset.request ?? "",
  };
}
