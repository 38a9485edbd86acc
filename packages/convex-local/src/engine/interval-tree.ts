/**
 * Interval tree: finds the key ranges that contain a key. A treap ordered by lower bound, in which every node has the
 * highest upper bound of its subtree. With a thousand disjoint ranges, a lookup costs a few comparisons.
 */
import type { Key } from "../values/key.ts";

type Node<T> = {
  low: Key;
  high: Key;
  owner: T;
  order: number;
  priority: number;
  highest: Key;
  left: Node<T> | null;
  right: Node<T> | null;
};

/** A stored range, needed to remove it. */
export type Interval<T> = {
  readonly low: Key;
  readonly high: Key;
  readonly owner: T;
  readonly order: number;
};

/** Key ranges with their owners. */
export class IntervalTree<T> {
  #root: Node<T> | null = null;
  #order = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(low: Key, high: Key, owner: T): Interval<T> {
    const node: Node<T> = {
      low,
      high,
      owner,
      order: this.#order++,
      priority: Math.random(),
      highest: high,
      left: null,
      right: null,
    };
    const [left, right] = split(this.#root, node);
    this.#root = merge(merge(left, node), right);
    this.#size++;
    return node;
  }

  remove(interval: Interval<T>): void {
    this.#root = remove(this.#root, interval);
    this.#size--;
  }

  /** Calls `found` with the owner of every range that contains `key`, once per range. */
  forEachAt(key: Key, found: (owner: T) => void): void {
    visit(this.#root, key, found);
  }
}

function visit<T>(node: Node<T> | null, key: Key, found: (owner: T) => void): void {
  if (!node || node.highest <= key) return;
  visit(node.left, key, found);
  if (node.low > key) return;
  if (key < node.high) found(node.owner);
  visit(node.right, key, found);
}

function before(a: { low: Key; order: number }, b: { low: Key; order: number }): boolean {
  return a.low < b.low || (a.low === b.low && a.order < b.order);
}

function update<T>(node: Node<T>): Node<T> {
  node.highest = node.high;
  if (node.left && node.left.highest > node.highest) node.highest = node.left.highest;
  if (node.right && node.right.highest > node.highest) node.highest = node.right.highest;
  return node;
}

/** Splits a tree into the nodes before `at` and the others. */
function split<T>(node: Node<T> | null, at: { low: Key; order: number }): [Node<T> | null, Node<T> | null] {
  if (!node) return [null, null];
  if (before(node, at)) {
    const [left, right] = split(node.right, at);
    node.right = left;
    return [update(node), right];
  }
  const [left, right] = split(node.left, at);
  node.left = right;
  return [left, update(node)];
}

function merge<T>(left: Node<T> | null, right: Node<T> | null): Node<T> | null {
  if (!left) return right;
  if (!right) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    return update(left);
  }
  right.left = merge(left, right.left);
  return update(right);
}

function remove<T>(node: Node<T> | null, target: Interval<T>): Node<T> | null {
  if (!node) return null;
  if (node.order === target.order) return merge(node.left, node.right);
  if (before(target, node)) node.left = remove(node.left, target);
  else node.right = remove(node.right, target);
  return update(node);
}
