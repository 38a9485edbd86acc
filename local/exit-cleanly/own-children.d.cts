/** Types of own-children.cjs. */
declare const ownChildren: {
  /** For a process that handles signals and ends its children itself. */
  handleSignalsMyself(): void;
};
export = ownChildren;
