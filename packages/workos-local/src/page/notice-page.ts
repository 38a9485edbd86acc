/** Page with a message and no form. */
import type { Reply } from "../reply.ts";
import { htmlPage } from "./document.ts";
import { html } from "./html.ts";

/** Returns the page. */
export function noticePage(status: number, notice: { title: string; text: string }): Reply {
  return htmlPage(status, {
    title: notice.title,
    content: html`<h1>${notice.title}</h1><p>${notice.text}</p>`,
  });
}
