/** Frame and headers of every page, without scripts and with one style sheet that is allowed by its hash. */
import { createHash } from "node:crypto";
import type { Reply } from "../reply.ts";
import { Html, html } from "./html.ts";
import { STYLES } from "./styles.ts";

const STYLE_HASH = createHash("sha256").update(STYLES).digest("base64");

/**
 * Returns a page.
 *
 * @param status - The status.
 * @param page - The content. `formTarget` is the address that a form may redirect to, because `form-action` also
 *   covers redirects. `hasForms` allows forms that stay on the emulator.
 */
export function htmlPage(
  status: number,
  page: { title: string; content: Html; formTarget?: URL | null; hasForms?: boolean },
): Reply {
  const formAction = page.formTarget
    ? `'self' ${page.formTarget.origin}`
    : page.hasForms
      ? "'self'"
      : "'none'";
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · Local emulator</title>
<style>${new Html(STYLES)}</style>
</head>
<body>
<div class="sheet">
<header class="mark"><strong>Local emulator</strong> <span>of WorkOS, on this machine only</span></header>
<main>
${page.content}
</main>
</div>
</body>
</html>
`;
  return {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
      "Referrer-Policy": "same-origin",
      "X-Content-Type-Options": "nosniff",
    },
    body: document.text,
  };
}

/** Returns a page with a message and no form. */
export function noticePage(status: number, { title, text }: { title: string; text: string }): Reply {
  return htmlPage(status, { title, content: html`<h1>${title}</h1><p>${text}</p>` });
}
