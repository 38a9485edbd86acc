/** Queries on a JSX syntax tree for the check of texts. */

export type Node = { type: string; start: number; end: number; [key: string]: unknown };

export function functionsIn(node: Node): Node[] {
  return childNodes(node).flatMap((child) => ["params" in child ? [child] : [], functionsIn(child)].flat());
}

/** Returns the name of a component; null for any other function. */
export function ownName(scope: Node): string | null {
  const name = (scope.id as { name?: string } | null)?.name;
  return name && /^[A-Z]/.test(name) ? name : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export function childNodes(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

export function union<T>(one: Set<T>, other: Set<T>): Set<T> {
  return new Set([...one, ...other]);
}

/** Returns the return values of a function, without those of nested functions. */
export function returnedBy(node: Node): Node[] {
  const body = node.body as Node | null;
  if (!body) return [];
  if (body.type !== "BlockStatement") return [body];
  const found: Node[] = [];
  const visit = (inner: Node) => {
    if (inner.type === "ReturnStatement" && inner.argument) found.push(inner.argument as Node);
    for (const child of childNodes(inner)) if (!("params" in child)) visit(child);
  };
  visit(body);
  return found;
}

/** Returns the initial value of a constant that the function declares, ignoring nested functions. */
export function constantIn(scope: Node, name: string): Node | null {
  const visit = (node: Node): Node | null => {
    if (node.type === "VariableDeclarator" && (node.id as Node).name === name)
      return (node.init as Node) ?? null;
    for (const child of childNodes(node)) {
      const found = "params" in child ? null : visit(child);
      if (found) return found;
    }
    return null;
  };
  return isNode(scope.body) ? visit(scope.body) : null;
}

/** Returns the declared type of a destructured prop. */
export function typeOfProp(parameter: Node, name: string): Node | null {
  if (parameter.type !== "ObjectPattern" || !isNode(parameter.typeAnnotation)) return null;
  const property = (parameter.properties as Node[]).find(
    ({ value }) => isNode(value) && (value.name === name || (isNode(value.left) && value.left.name === name)),
  );
  if (!property) return null;
  const prop = String((property.key as Node).name);
  const visit = (node: Node): Node | null => {
    if (node.type === "TSPropertySignature" && (node.key as Node).name === prop) return node;
    for (const child of childNodes(node)) {
      const found = visit(child);
      if (found) return found;
    }
    return null;
  };
  return visit(parameter.typeAnnotation) ?? parameter;
}

export function nameOf(node: Node): string {
  const name = (node.openingElement as Node | undefined)?.name as Node | undefined;
  return name?.type === "JSXIdentifier" ? String(name.name) : "";
}

export function isHostElement(node: Node): boolean {
  const inner = node.type === "ParenthesizedExpression" ? (node.expression as Node) : node;
  return inner.type === "JSXElement" && /^[a-z]/.test(nameOf(inner));
}

export function componentOf(node: Node): string | null {
  const name = nameOf(node);
  return /^[A-Z]/.test(name) ? name : null;
}
