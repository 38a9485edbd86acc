// A person's picture. The initials lie beneath it, so that nothing has to be noticed or mended when the
// picture is late, missing or refused: a broken image with an empty alt and no width of its own draws
// nothing (HTML, "images that represent nothing"), and the initials show.

/**
 * First letters of the first and last word of a name, else the first letter of the e-mail.
 *
 * @returns One or two letters, upper case; `?` where there is neither name nor e-mail.
 */
export function initials(name: string | null, email: string): string {
  const words = (name ?? "").trim().split(/\s+/u).filter(Boolean);
  const first = words[0] ?? email.trim();
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  const letters = [first, last ?? ""].map((word) => Array.from(word)[0] ?? "").join("");
  return letters.toUpperCase() || "?";
}

/**
 * Decorative: the name stands beside it wherever it is shown.
 *
 * @param src - Address of the picture (`https:` or of this origin), or null.
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
