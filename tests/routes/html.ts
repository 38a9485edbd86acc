/** Minimal HTML parser that finds elements of a page by role, name and label. */

export type Element = {
  tag: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
};

const VOID = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
const RAW = /^(script|style)$/;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function decode(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = "", double, single, bare] of text.matchAll(
    /([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g,
  )) {
    attributes[name.toLowerCase()] = decode(double ?? single ?? bare ?? "");
  }
  return attributes;
}

/**
 * Parses a page into a tree without comments and doctype.
 * @param html - HTML of the page.
 * @returns The root of the tree.
 */
export function parseHtml(html: string): Element {
  const root: Element = { tag: "#root", attributes: {}, children: [] };
  const open: Element[] = [root];
  const tokens = /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
  let at = 0;
  const text = (until: number) => {
    const raw = html.slice(at, until);
    if (raw !== "") open.at(-1)?.children.push(decode(raw));
  };
  for (let token = tokens.exec(html); token !== null; token = tokens.exec(html)) {
    text(token.index);
    at = tokens.lastIndex;
    const [, slash, name, rest = ""] = token;
    if (name === undefined) continue;
    const tag = name.toLowerCase();
    if (slash === "/") {
      const index = open.findLastIndex((element) => element.tag === tag);
      if (index > 0) open.length = index;
      continue;
    }
    const element: Element = { tag, attributes: attributesOf(rest), children: [] };
    open.at(-1)?.children.push(element);
    if (VOID.test(tag) || rest.trimEnd().endsWith("/")) continue;
    if (RAW.test(tag)) {
      const end = html.toLowerCase().indexOf(`</${tag}`, at);
      const stop = end === -1 ? html.length : end;
      element.children.push(html.slice(at, stop));
      at = stop;
      tokens.lastIndex = stop;
    }
    open.push(element);
  }
  text(html.length);
  return root;
}

/**
 * Yields all descendants of an element in document order.
 * @param element - Parent element.
 */
export function* elements(element: Element): Generator<Element> {
  for (const child of element.children) {
    if (typeof child === "string") continue;
    yield child;
    yield* elements(child);
  }
}

/**
 * Returns the visible text of an element.
 * @param element - Element.
 * @returns The text with collapsed white space.
 */
export function textOf(element: Element): string {
  if (RAW.test(element.tag)) return "";
  const parts = element.children.map((child) => (typeof child === "string" ? child : textOf(child)));
  return parts.join("").replace(/\s+/g, " ").trim();
}

/** Request that submitting a form sends. */
export type Form = { action: string; method: string; fields: Record<string, string> };

export class Page {
  readonly root: Element;

  constructor(html: string) {
    this.root = parseHtml(html);
  }

  all(match: (element: Element) => boolean): Element[] {
    return [...elements(this.root)].filter(match);
  }

  tags(tag: string): Element[] {
    return this.all((element) => element.tag === tag);
  }

  /** Returns the text of every element with the given role. */
  role(role: string): string[] {
    return this.all((element) => element.attributes.role === role).map(textOf);
  }

  byId(id: string): Element | undefined {
    return this.all((element) => element.attributes.id === id)[0];
  }

  /** Returns the link with the given name, or undefined. */
  link(name: string | RegExp): Element | undefined {
    return this.tags("a").find((link) => isNamed(link, name));
  }

  button(name: string | RegExp): Element | undefined {
    return this.tags("button").find((button) => isNamed(button, name));
  }

  /** Returns the control with the given label, or undefined. */
  field(label: string): Element | undefined {
    for (const element of this.tags("label")) {
      if (!textOf(element).startsWith(label)) continue;
      const { for: id } = element.attributes;
      if (id !== undefined) return this.byId(id);
      return [...elements(element)].find((inner) => /^(input|select|textarea)$/.test(inner.tag));
    }
    return this.all((element) => element.attributes["aria-label"] === label)[0];
  }

  /** Returns a field's error or help text, referenced by `aria-describedby`. */
  description(field: Element): string {
    const ids = (field.attributes["aria-describedby"] ?? "").split(/\s+/).filter((id) => id !== "");
    return ids.map((id) => textOf(this.byId(id) ?? { tag: "span", attributes: {}, children: [] })).join(" ");
  }

  /** Returns the form with the named button, with the fields that the button submits. */
  form(name: string | RegExp): Form | undefined {
    const button = this.button(name);
    return button === undefined ? undefined : this.formOf(button);
  }

  /** Returns the form around a control or button. Other buttons' values are left out. */
  formOf(control: Element): Form | undefined {
    const form = this.tags("form").find((one) => [...elements(one)].includes(control));
    if (form === undefined) return undefined;
    const fields: Record<string, string> = {};
    for (const element of elements(form)) {
      const { name, value = "", type = "text", checked } = element.attributes;
      if (name === undefined || (element.tag === "button" && element !== control)) continue;
      if (!/^(input|button|select|textarea)$/.test(element.tag)) continue;
      if (/^(radio|checkbox)$/.test(type) && checked === undefined) continue;
      fields[name] = value;
    }
    const { action = "", method = "get" } = form.attributes;
    return { action, method: method.toUpperCase(), fields };
  }
}

function isNamed(element: Element, name: string | RegExp): boolean {
  const own = element.attributes["aria-label"] ?? textOf(element);
  return typeof name === "string" ? own === name : name.test(own);
}
