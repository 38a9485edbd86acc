/** Types of own-children.cjs. */
declare const ownChildren: {
  /** For a process that ends its children itself when a signal comes, in its own order and time. */
  handleSignalsMyself(): void;
};
export = ownChildren;
