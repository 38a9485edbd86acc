/** Progress bar of a pending navigation. */

/**
 * Renders the progress bar. CSS delays it by 300 ms (motion.css).
 *
 * @param active - Whether a navigation is pending.
 */
export function Progress({ active }: { active: boolean }) {
  return active ? <div className="progress" role="progressbar" aria-label="Loading the page" /> : null;
}
