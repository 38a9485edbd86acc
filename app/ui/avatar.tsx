/**
 * Picture of a user over the initials, which show if the picture does not load: a broken image with an empty
 * alt draws nothing (HTML, "images that represent nothing").
 */

/**
 * Returns the first letters of the first and last word of a name, or the first letter of the e-mail.
 *
 * @returns One or two uppercase letters; `?` if there is neither name nor e-mail.
 */
export function initials(name: string | null, email: string): string {
  const words = (name ?? "").trim().split(/\s+/u).filter(Boolean);
  const first = words[0] ?? email.trim();
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  const letters = [first, last ?? ""].map((word) => Array.from(word)[0] ?? "").join("");
  return letters.toUpperCase() || "?";
}

/**
 * Renders the picture. Decorative, because the name is always next to it.
 *
 * @param src - URL of the picture (`https:` or same origin), or null.
 */
export function Avatar({ name, email, src }: { name: string | null; email: string; src: string | null }) {
  return (
    <span
      aria-hidden="true"
      className="relative grid size-8 flex-none place-items-center overflow-hidden rounded-tile bg-accent-wash text-small font-strong text-accent select-none"
    >
      <span>{initials(name, email)}</span>
      {src ? (
        <img
          src={src}
          alt=""
          referrerPolicy="no-referrer"
          loading="lazy"
          decoding="async"
          className="absolute inset-0 h-full min-w-full object-cover"
        />
      ) : null}
    </span>
  );
}
