/** Frame around every page: banner, notices, footer and client navigation. */
import { type ReactNode, Suspense, useEffect, useRef } from "react";
import { href, useLocation, useNavigation } from "react-router";
import { forUsers } from "../data/for-users.tsx";
import { useLive } from "../data/live-context.ts";
import { clearRejections, useRejections } from "../data/pending.ts";
import { useShell } from "../data/use-shell.ts";
import { useWorkOS } from "../data/use-workos.ts";
import { usePagesAhead } from "../react-router/pages-ahead.ts";
import { Banner, type BannerViewer } from "../ui/banner.tsx";
import { DocumentLink } from "../ui/document-link.tsx";
import { ErrorPage } from "../ui/error-page.tsx";
import { Footer } from "../ui/footer.tsx";
import { isStale } from "../ui/live-state.ts";
import { Notice } from "../ui/notice.tsx";
import { PAGE_TITLE_ID } from "../ui/page.tsx";
import { useDocument } from "./document.ts";
import { useClientNavigation, useOfflineForms } from "./navigation.ts";
import { OFFLINE, useNetworkAgain } from "./route-error.tsx";
import { useNotice } from "./use-notice.ts";

const Connection = forUsers(
  () => import("../data/connection.tsx"),
  import.meta.env.SSR ? await import("../data/connection.tsx") : undefined,
);

/** Returns the user in the banner, from Convex or, until it responds, from the session. */
function useBannerViewer(): BannerViewer | null {
  const { workosUser, convexUser } = useWorkOS();
  if (workosUser === null) return null;
  return {
    firstName: (convexUser ? convexUser.firstName : workosUser.firstName) || null,
    lastName: (convexUser ? convexUser.lastName : workosUser.lastName) || null,
    email: convexUser?.email ?? workosUser.email,
    pictureUrl: (convexUser ? convexUser.profilePictureUrl : workosUser.profilePictureUrl) ?? null,
    isAdmin: convexUser?.role === "admin",
  };
}

export function Chrome({ children }: { children: ReactNode }) {
  const shell = useShell();
  const notice = useNotice();
  const viewer = useBannerViewer();
  const { onlyScript } = useDocument();
  const { pathname } = useLocation();
  const { state } = useLive();
  const navigation = useNavigation();
  const { isUnreached, retry } = useClientNavigation();
  useOfflineForms();
  usePagesAhead(viewer !== null);
  useFocusOnHeading(pathname);
  return (
    <>
      {navigation.state === "idle" ? null : <Progress />}
      <Banner viewer={viewer} state={shell && !onlyScript ? "known" : "unasked"} />
      {shell?.impersonator && viewer ? <Impersonation email={viewer.email} /> : null}
      <Notices notice={notice} />
      <div className="contents" data-stale={isStale(state) ? "" : undefined}>
        {isUnreached ? <UnreachedPage retry={retry} /> : children}
      </div>
      <Footer>
        {state === null ? null : (
          <Suspense>
            <Connection />
          </Suspense>
        )}
      </Footer>
    </>
  );
}

/** Progress bar of a pending navigation. CSS delays it by 300 ms (motion.css). */
function Progress() {
  return <div className="progress" role="progressbar" aria-label="Loading the page" />;
}

/** Result of the last form, and rejections of forms no longer shown. Cleared by the next navigation. */
function Notices({ notice }: { notice: ReturnType<typeof useNotice> }) {
  const { key } = useLocation();
  const rejections = useRejections();
  const shownAt = useRef(key);
  useEffect(() => {
    if (shownAt.current !== key) clearRejections();
    shownAt.current = key;
  }, [key]);
  if (notice === null && rejections.length === 0) return null;
  return (
    <div className="mx-auto flex w-full max-w-page flex-col gap-2 px-4 pt-4 wide:px-6">
      {notice ? <Notice kind={notice.kind}>{notice.text}</Notice> : null}
      {rejections.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: texts may repeat, and items never move
        <Notice key={index} kind="alert">
          {text}
        </Notice>
      ))}
    </div>
  );
}

/** Replaces a page whose code could not be loaded, and retries. */
function UnreachedPage({ retry }: { retry: () => void }) {
  useNetworkAgain(true, retry);
  useEffect(() => {
    const before = document.title;
    document.title = `${OFFLINE.title} · Mosaic`;
    document.getElementById(PAGE_TITLE_ID)?.focus({ preventScroll: true });
    return () => {
      document.title = before;
    };
  }, []);
  return <ErrorPage {...OFFLINE} action={{ to: href("/"), label: "Go to the start page" }} requestId="" />;
}

/** Shows on every page that the user is being impersonated. */
function Impersonation({ email }: { email: string }) {
  return (
    <aside aria-label="Impersonation" className="border-b border-line bg-warn-wash">
      <p className="mx-auto flex w-full max-w-page flex-wrap items-center gap-x-4 px-4 py-2 wide:px-6">
        <span>{`You are acting as ${email}. What you do is in the audit log with your name.`}</span>
        <DocumentLink to={href("/api/auth/logout")} className="inline-flex min-h-11 items-center">
          Stop
        </DocumentLink>
      </p>
    </aside>
  );
}

/** Focuses the new page's heading after a navigation, so that screen readers announce the page. */
function useFocusOnHeading(pathname: string): void {
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById(PAGE_TITLE_ID)?.focus({ preventScroll: true });
  }, [pathname]);
  // On narrow screens the current link may be scrolled out of view. Not `scrollIntoView`: in Chromium it also
  // moves the starting point of Tab past the skip link.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs again on each page
  useEffect(() => {
    const link = document.querySelector<HTMLElement>("header [aria-current]");
    const strip = link?.closest("nav");
    if (!link || !strip) return;
    const [inner, outer] = [link.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (inner.right > outer.right) strip.scrollLeft += inner.right - outer.right;
    if (inner.left < outer.left) strip.scrollLeft -= outer.left - inner.left;
  }, [pathname]);
}
