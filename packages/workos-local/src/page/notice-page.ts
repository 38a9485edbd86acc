/** A page that only says something. */
import type { Reply } from "../reply.ts";
import { htmlPage } from "./document.ts";
import { html } from "./html.ts";

export function noticePage(status: number, notice: { title: string; text: string }): Reply {
  return htmlPage(status, {
    title: notice.title,
    content: html`<h1>${notice.title}</h1><p>${notice.text}</p>`,
  });
}
