// The top of every page: who is here, where one can go, and the way out, without a menu to open.

import { Avatar } from "./avatar.tsx";
import { Logo } from "./logo.tsx";

/** What the banner needs to know of the person who is signed in. */
export interface BannerViewer {
  firstName: string | null;
  lastName: string | null;
  email: string;
  pictureUrl: string | null;
  isAdmin: boolean;
}

/** The first name, else the part of the e-mail before @; the greeting uses the same. */
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
 * The banner landmark, with the skip link before it.
 *
 * @param viewer - The person signed in, or null.
 * @param current - Path of the page shown; the link to it (or to its parent) is `aria-current`.
 * @param state - `known`: show the viewer, or `Sign in` where there is none. `unknown`: we are finding
 *   out; a spinner. `unasked`: a page that is the same for everyone; the product's name and nothing else.
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

/** On a phone it goes under the banner and scrolls sideways; from 48 rem on it stands in the same row. */
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
