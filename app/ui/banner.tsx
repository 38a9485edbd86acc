/** Banner of every page: the current user, the navigation and the sign-out link. */
import { href, Link, useLocation } from "react-router";
import { Avatar } from "./avatar.tsx";
import { DocumentLink } from "./document-link.tsx";
import { Logo } from "./logo.tsx";
import { usePlainAnchors } from "./plain-anchors.ts";

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
  to: string;
  label: string;
}

const PLACES: readonly Place[] = [
  { to: href("/dashboard"), label: "Dashboard" },
  { to: href("/alerts"), label: "Alerts" }, // agents:line
  { to: href("/profile"), label: "Profile" },
  { to: href("/settings"), label: "Settings" },
];

const ADMIN_PLACES: readonly Place[] = [
  { to: href("/admin/users"), label: "Users" },
  { to: href("/admin/audit"), label: "Audit log" },
];

/**
 * Renders the banner landmark, after the skip link.
 *
 * @param viewer - The current user; null for a guest.
 * @param state - `known`: shows the user, or `Sign in` for a guest. `unasked`: shows only the product's name,
 *   for pages that are the same for every user.
 */
export function Banner({
  viewer,
  state = "known",
}: {
  viewer: BannerViewer | null;
  state?: "known" | "unasked";
}) {
  const known = state === "known";
  const followed = usePlainAnchors();
  return (
    <>
      <a href="#main" className="skip-link button" data-look="primary">
        Skip to content
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex w-full max-w-page flex-wrap items-center gap-x-4 px-4 wide:gap-x-6 wide:px-6">
          <a
            {...followed}
            href={href("/")}
            className="inline-flex min-h-14 items-center gap-2 text-ink no-underline"
          >
            <span className="text-accent">
              <Logo />
            </span>
            <span className="font-strong tracking-heading">Mosaic</span>
          </a>
          {known && viewer ? <Navigation isAdmin={viewer.isAdmin} followed={followed} /> : null}
          <div className="flex min-h-14 min-w-0 flex-1 items-center justify-end gap-3" data-banner="account">
            {known && viewer ? <Account viewer={viewer} /> : null}
            {known && !viewer ? (
              <Link to={href("/login")} className="button">
                Sign in
              </Link>
            ) : null}
          </div>
        </div>
      </header>
    </>
  );
}

/** Renders the links: in a scrolling row below the banner on a phone, in the banner from 48 rem on. */
function Navigation({
  isAdmin,
  followed,
}: {
  isAdmin: boolean;
  followed: ReturnType<typeof usePlainAnchors>;
}) {
  const places = isAdmin ? [...PLACES, ...ADMIN_PLACES] : PLACES;
  const { pathname } = useLocation();
  const isCurrent = (to: string) => pathname === to || pathname.startsWith(`${to}/`);
  return (
    <nav
      aria-label="Main"
      className="order-last -mx-4 basis-[calc(100%+2rem)] scroll-x border-t border-line px-1 wide:order-none wide:mx-0 wide:basis-auto wide:border-t-0 wide:px-0"
    >
      <ul {...followed} className="flex wide:h-14 wide:items-stretch">
        {places.map(({ to, label }) => (
          <li key={to} className="flex">
            <a href={to} aria-current={isCurrent(to) ? "page" : undefined} className="tab">
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
      <DocumentLink
        to={href("/api/auth/logout")}
        className="inline-flex min-h-11 items-center text-quiet whitespace-nowrap"
      >
        Sign out
      </DocumentLink>
    </>
  );
}
