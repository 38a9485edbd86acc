// The bar on top of a page whose successor is on its way. It shows after 300 ms (motion.css), so it may
// be switched on at once.

/** @param active - A navigation is under way. */
export function Progress({ active }: { active: boolean }) {
  return active ? <div className="progress" role="progressbar" aria-label="Loading the page" /> : null;
}
