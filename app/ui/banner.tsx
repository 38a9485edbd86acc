/** Banner of every page: the current user, the navigation and the sign-out link. */
import { Avatar } from "./avatar.tsx";
import { Logo } from "./logo.tsx";

/** The data of the current user that the banner shows. */
export interface BannerViewer {
  firstName: string | null;
  lastName: string | null;
  email: string;
  pictureUrl: string | null;
  isAdmin: boolean;
}

/** Returns the first name, or the part of the e-mail before the @. */
export function displayName(viewer: { firstName: string | null; email: string }): string {
  return viewer.firstName?.trim() || (viewer.email.split("@")[0] ?? viewer.email);
}

interface Place {
  href: string;
  label: string;
}

const PLACES: readonly Place[] = [
  { href: "/dashboard", label: "Dashboard" },
  { href: "/profile", label: "Profile" },
  { href: "/settings", label: "Settings" },
];

const ADMIN_PLACES: readonly Place[] = [
  { href: "/admin/users", label: "Users" },
  { href: "/admin/audit", label: "Audit log" },
];

function isCurrent(href: string, current: string): boolean {
  return current === href || current.startsWith(`${href}/`);
}

/**
 * Renders the banner landmark, after the skip link.
 *
 * @param viewer - The current user; null for a guest.
 * @param current - Path of the current page. The link to it or its parent is `aria-current`.
 * @param state - `known`: shows the user, or `Sign in` for a guest. `unknown`: shows a spinner while the
 *   session loads. `unasked`: shows only the product's name, for pages that are the same for every user.
 */
export function Banner({
  viewer,
  current,
  state = "known",
}: {
  viewer: BannerViewer | null;
  current: string;
  state?: "known" | "unasked";
}) {
  const known = state === "known";
  return (
    <>
      <a href="#main" className="skip-link button" data-look="primary">
        Skip to content
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex w-full max-w-page flex-wrap items-center gap-x-4 px-4 wide:gap-x-6 wide:px-6">
          <a href="/" className="inline-flex min-h-14 items-center gap-2 text-ink no-underline">
            <span className="text-accent">
              <Logo />
            </span>
            <span className="font-strong tracking-heading">Mosaic</span>
          </a>
          {known && viewer ? <Navigation current={current} isAdmin={viewer.isAdmin} /> : null}
          <div className="flex min-h-14 min-w-0 flex-1 items-center justify-end gap-3" data-banner="account">
            {known && viewer ? <Account viewer={viewer} /> : null}
            {known && !viewer ? (
              <a href="/login" className="button" data-look="quiet">
                Sign in
              </a>
            ) : null}
          </div>
        </div>
      </header>
    </>
  );
}

/** Renders the links: in a scrolling row below the banner on a phone, in the banner from 48 rem on. */
function Navigation({ current, isAdmin }: { current: string; isAdmin: boolean }) {
  const places = isAdmin ? [...PLACES, ...ADMIN_PLACES] : PLACES;
  return (
    <nav
      aria-label="Main"
      className="order-last -mx-4 basis-[calc(100%+2rem)] scroll-x border-t border-line px-1 wide:order-none wide:mx-0 wide:basis-auto wide:border-t-0 wide:px-0"
    >
      <ul className="flex wide:h-14 wide:items-stretch">
        {places.map(({ href, label }) => (
          <li key={href} className="flex">
            <a href={href} className="tab" aria-current={isCurrent(href, current) ? "page" : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account({ viewer }: { viewer: BannerViewer }) {
  const { firstName, lastName } = viewer;
  return (
    <>
      <Avatar
        name={[firstName, lastName].filter(Boolean).join(" ")}
        email={viewer.email}
        src={viewer.pictureUrl}
      />
      <span className="min-w-0 truncate wide:max-w-48" title={viewer.email}>
        {displayName(viewer)}
      </span>
      <a href="/api/auth/logout" className="inline-flex min-h-11 items-center text-quiet whitespace-nowrap">
        Sign out
      </a>
    </>
  );
}
