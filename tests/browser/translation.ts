/**
 * Simulated page translation: replaces each text node by a new one inside two `font` elements, as browsers
 * do.
 */
import type { Page } from "playwright-core";

/** Runs in the browser. Replaces every text node, including later ones, as Google Translate does. */
function translateDocument(): void {
  const untranslated = "script, style, noscript, textarea";
  const replace = (text: Node) => {
    const parent = text.parentElement;
    if (parent === null || parent.localName === "font" || parent.closest(untranslated)) return;
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    inner.textContent = text.nodeValue;
    outer.append(inner);
    parent.replaceChild(outer, text);
  };
  const replaceAll = (root: Node) => {
    const texts: Node[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    if (root.nodeType === Node.TEXT_NODE) texts.push(root);
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) replace(text);
  };
  replaceAll(document.body);
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      for (const node of addedNodes) replaceAll(node);
      if (target.nodeType === Node.TEXT_NODE) replace(target);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}

/** Translates the open page and its later changes, until the next document. */
export async function translate(page: Page): Promise<void> {
  await page.evaluate(translateDocument);
}

/** Translates every document as soon as its HTML has arrived, before hydration. */
export async function translateAtOnce(page: Page): Promise<void> {
  await page.addInitScript(`document.addEventListener("DOMContentLoaded", ${translateDocument})`);
}
