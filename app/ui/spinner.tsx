// What stands where something is being found out: four small tiles that take turns. It appears after
// 300 ms only (motion.css), so that a quick answer shows none.

/** @param label - What is being waited for, said to a screen reader. */
export function Spinner({ label }: { label: string }) {
  return (
    <span className="spinner" role="img" aria-label={label}>
      <i />
      <i />
      <i />
      <i />
    </span>
  );
}
