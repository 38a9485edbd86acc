/**
 * Finds text in JSX that breaks when page translation or an extension has replaced its text node.
 *
 * Page translation moves every text node into `<font>` elements. React keeps the old node: removing it, or
 * inserting something before it, throws; changing it stays invisible. An element whose only child is text is
 * safe, because React then replaces the element's content.
 */
import { parseSync } from "vite";
import {
  childNodes,
  componentOf,
  constantIn,
  functionsIn,
  isHostElement,
  type Node,
  nameOf,
  ownName,
  returnedBy,
  typeOfProp,
  union,
} from "./jsx-tree.ts";

/**
 * What an expression may render: text, elements, nothing, several of these, or whatever the caller passes.
 */
type Kind = "text" | "element" | "nothing" | "list" | "given";

type Child = { node: Node; kinds: Set<Kind>; fixed: boolean };

/** Text passed as a prop of a component. */
type Passed = { component: string; prop: string; at: string };

type Problem = { at: string; rule: string };

export type SourceText = { path: string; text: string };

export const RULES = {
  changes: "text that may change needs its own element (or one template string as the only child)",
  follows: "text after an optional element needs its own element",
  fragment: "text directly in a fragment needs its own element",
  returned: "a component must return text in an element",
  passed: "the component renders this next to siblings: pass an element, not text",
} as const;

/** React Router's links always render one anchor. */
const LINKS = ["Link", "NavLink"];

/**
 * Returns the unsafe texts of all files. Follows each prop from the component that renders it to its callers.
 *
 * @param sources - The files to check.
 * @returns Each problem, with its position as `path:line: code`.
 */
export function unsafeText(sources: readonly SourceText[]): Problem[] {
  const files = sources.map((source) => new FileCheck(source));
  const steady = new Set([...LINKS, ...files.flatMap((file) => file.steadyComponents())]);
  for (const file of files) file.run(steady);
  const problems = files.flatMap((file) => file.problems);
  const unsafe = new Set(files.flatMap((file) => file.besideSiblings));
  const forwarded = files.flatMap((file) => file.forwarded);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { from, to } of forwarded) {
      if (unsafe.has(to) && !unsafe.has(from)) {
        unsafe.add(from);
        grown = true;
      }
    }
  }
  const passed = files.flatMap((file) => file.passed);
  for (const { component, prop, at } of passed) {
    if (unsafe.has(`${component}.${prop}`)) problems.push({ at, rule: RULES.passed });
  }
  return problems;
}

class FileCheck {
  readonly problems: Problem[] = [];
  /** Props, as `Component.prop`, that are rendered next to siblings or as the whole component. */
  readonly besideSiblings: string[] = [];
  /** Props that are passed on as another component's prop. */
  readonly forwarded: { from: string; to: string }[] = [];
  /** Texts that are passed as a prop. */
  readonly passed: Passed[] = [];
  readonly #source: SourceText;
  readonly #program: Node;
  #steady: ReadonlySet<string> = new Set();
  /** The functions that enclose the visited node, outermost first. */
  readonly #functions: Node[] = [];

  constructor(source: SourceText) {
    this.#source = source;
    const { program, errors } = parseSync(source.path, source.text, { lang: "tsx", astType: "ts" });
    if (errors.length > 0) throw new Error(`${source.path}: ${errors[0]?.message}`);
    this.#program = program as unknown as Node;
  }

  /** Returns the components that always render one host element, which React never moves. */
  steadyComponents(): string[] {
    return functionsIn(this.#program).flatMap((scope) => {
      const name = ownName(scope);
      const returned = returnedBy(scope);
      return name !== null && returned.length > 0 && returned.every(isHostElement) ? [name] : [];
    });
  }

  /**
   * Collects the problems and props of this file.
   *
   * @param steady - The components of all files that always render one host element.
   */
  run(steady: ReadonlySet<string>): void {
    this.#steady = steady;
    this.#visit(this.#program);
  }

  #visit(node: Node): void {
    const isFunction = /Function/.test(node.type) && "params" in node;
    if (isFunction) this.#functions.push(node);
    if (isFunction) this.#checkReturns(node);
    if (node.type === "JSXElement" || node.type === "JSXFragment") this.#checkChildren(node);
    for (const child of childNodes(node)) this.#visit(child);
    if (isFunction) this.#functions.pop();
  }

  #checkReturns(node: Node): void {
    const component = ownName(node);
    if (component === null) return;
    for (const value of returnedBy(node)) {
      const kinds = this.#kindsOf(value);
      if (kinds.has("text")) this.#report(value, "returned");
      this.#markGiven(value, component);
    }
  }

  #checkChildren(node: Node): void {
    const children = this.#childrenOf(node);
    const component = componentOf(node);
    if (component !== null) this.#checkAttributes(node, component);
    const alone = children.length === 1;
    let mayMove = false;
    for (const child of children) {
      const text = child.kinds.has("text");
      if (text && node.type === "JSXFragment") this.#report(child.node, "fragment");
      else if (text && child.kinds.has("list")) this.#report(child.node, "changes");
      else if (text && !alone && !child.fixed) this.#report(child.node, "changes");
      else if (text && !alone && mayMove) this.#report(child.node, "follows");
      else if (text && component !== null) this.#pass(child.node, component, "children");
      const owner = this.#componentName();
      if (owner !== null && child.kinds.has("given")) {
        if (alone && component !== null) this.#forward(child.node, owner, `${component}.children`);
        else if (!alone || child.kinds.size > 1 || node.type === "JSXFragment")
          this.#markGiven(child.node, owner);
      }
      mayMove ||= !child.fixed;
    }
  }

  #checkAttributes(node: Node, component: string): void {
    const opening = node.openingElement as Node;
    for (const attribute of opening.attributes as Node[]) {
      if (attribute.type !== "JSXAttribute" || attribute.value === null) continue;
      const prop = (attribute.name as { name: string }).name;
      const value = attribute.value as Node;
      const inner = value.type === "JSXExpressionContainer" ? (value.expression as Node) : value;
      const kinds = this.#kindsOf(inner);
      const owner = this.#componentName();
      if (kinds.has("given") && owner !== null) this.#forward(inner, owner, `${component}.${prop}`);
      if (kinds.has("text")) this.#pass(inner, component, prop);
    }
  }

  /** Returns the children that React receives. JSX drops line breaks with the white space around them. */
  #childrenOf(node: Node): Child[] {
    return (node.children as Node[]).flatMap((child): Child[] => {
      if (child.type === "JSXText") {
        const text = String(child.value);
        const isLayout = text.trim() === "" && text.includes("\n");
        return isLayout ? [] : [{ node: child, kinds: new Set(["text"]), fixed: true }];
      }
      if (child.type === "JSXExpressionContainer") {
        const expression = child.expression as Node;
        if (expression.type === "JSXEmptyExpression") return [];
        const fixed = expression.type === "Literal" && typeof expression.value === "string";
        return [{ node: expression, kinds: this.#kindsOf(expression), fixed }];
      }
      // A host element always exists; a component may render nothing.
      const fixed = isHostElement(child) || this.#steady.has(nameOf(child));
      return [{ node: child, kinds: new Set(["element"]), fixed }];
    });
  }

  #kindsOf(node: Node): Set<Kind> {
    switch (node.type) {
      case "JSXElement":
      case "JSXFragment":
        return new Set(["element"]);
      case "Literal":
        return new Set([node.value === null || typeof node.value === "boolean" ? "nothing" : "text"]);
      case "ParenthesizedExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
        return this.#kindsOf(node.expression as Node);
      case "ConditionalExpression":
        return union(this.#kindsOf(node.consequent as Node), this.#kindsOf(node.alternate as Node));
      case "LogicalExpression": {
        const right = this.#kindsOf(node.right as Node);
        if (node.operator === "&&") return union(new Set<Kind>(["nothing"]), right);
        return union(this.#kindsOf(node.left as Node), right);
      }
      case "CallExpression":
        return this.#kindsOfCall(node);
      case "Identifier":
        return this.#kindsOfName(String(node.name));
      default:
        return new Set(["text"]);
    }
  }

  #kindsOfCall(node: Node): Set<Kind> {
    const callee = node.callee as Node;
    const method = callee.type === "MemberExpression" ? String((callee.property as Node).name) : "";
    const [callback] = node.arguments as Node[];
    if ((method === "map" || method === "flatMap") && callback && "params" in callback) {
      const each = returnedBy(callback).map((value) => this.#kindsOf(value));
      return each.reduce(union, new Set<Kind>(["list"]));
    }
    return new Set(["text"]);
  }

  /** Resolves a constant to its value and a ReactNode prop to "given". Treats any other name as text. */
  #kindsOfName(name: string): Set<Kind> {
    if (name === "undefined") return new Set(["nothing"]);
    for (const scope of this.#functions.toReversed()) {
      const parameters = scope.params as Node[];
      const type = parameters.map((parameter) => typeOfProp(parameter, name)).find((found) => found !== null);
      if (type)
        return new Set([name === "children" || /\bReactNode\b/.test(this.#textOf(type)) ? "given" : "text"]);
      const constant = constantIn(scope, name);
      if (constant) return this.#kindsOf(constant);
    }
    return new Set(["text"]);
  }

  #componentName(): string | null {
    return this.#functions.map(ownName).findLast((name) => name !== null) ?? null;
  }

  #namesGiven(node: Node): string[] {
    const names =
      node.type === "Identifier"
        ? [String(node.name)]
        : childNodes(node).flatMap((child) => this.#namesGiven(child));
    return node.type === "Identifier" && !this.#kindsOf(node).has("given") ? [] : names;
  }

  #markGiven(node: Node, component: string): void {
    if (!this.#kindsOf(node).has("given")) return;
    for (const name of this.#namesGiven(node)) this.besideSiblings.push(`${component}.${name}`);
  }

  #forward(node: Node, component: string, to: string): void {
    for (const name of this.#namesGiven(node)) this.forwarded.push({ from: `${component}.${name}`, to });
  }

  #pass(node: Node, component: string, prop: string): void {
    this.passed.push({ component, prop, at: this.#placeOf(node) });
  }

  #report(node: Node, rule: keyof typeof RULES): void {
    this.problems.push({ at: this.#placeOf(node), rule: RULES[rule] });
  }

  #placeOf(node: Node): string {
    const line = this.#source.text.slice(0, node.start).split("\n").length;
    const leading = this.#textOf(node).match(/^\s*\n/g)?.length ?? 0;
    return `${this.#source.path}:${line + leading}: ${this.#textOf(node).trim().replaceAll(/\s+/g, " ").slice(0, 60)}`;
  }

  #textOf({ start, end }: Node): string {
    return this.#source.text.slice(start, end);
  }
}
