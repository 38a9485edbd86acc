import { expect, test } from "vitest";
import { html } from "./html.ts";

test("escapes values, and keeps HTML unchanged", () => {
  const inner = html`<b>${"<&>\"'"}</b>`;
  expect(html`<p title="${'"'}">${inner}${null}${[inner]}${7}</p>`.text).toBe(
    '<p title="&quot;"><b>&lt;&amp;&gt;&quot;&#39;</b><b>&lt;&amp;&gt;&quot;&#39;</b>7</p>',
  );
});
