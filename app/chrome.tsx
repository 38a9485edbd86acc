/** What stands around every page: the banner, the foot, and how one gets from page to page. */
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef } from "react";
import { useLocation, useNavigation } from "react-router";
import { useWorkOS } from "./auth/use-workos.ts";
import { useDocument } from "./document.ts";
import { useLive } from "./live/live-context.ts";
import { clearRejections, useRejections } from "./live/pending.ts";
import { useClientNavigation } from "./navigation.ts";
import { usePagesAhead } from "./pages-ahead.ts";
import { OFFLINE, useNetworkAgain } from "./refused-page.tsx";
import { Banner, type BannerViewer } from "./ui/banner.tsx";
import { ErrorPage } from "./ui/error-page.tsx";
import { Footer } from "./ui/footer.tsx";
import { isStale } from "./ui/live-state.ts";
import { Notice } from "./ui/notice.tsx";
import { PAGE_TITLE_ID } from "./ui/page.tsx";
import { Progress } from "./ui/progress.tsx";
import { useNotice } from "./use-notice.ts";
import { useShell } from "./use-shell.ts";

/** A guest has no connection, and does not load what shows it. */
const Connection = import.meta.env.SSR
  ? (await import("./live/connection.tsx")).default
  : lazy(() => import("./live/connection.tsx"));

/** The person in the banner: as Convex knows them, else as the session does. */
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
  const { unreached, go } = useClientNavigation();
  usePagesAhead(viewer !== null);
  useFocusOnHeading(pathname);
  return (
    <>
      <Progress active={navigation.state !== "idle"} />
      <Banner viewer={viewer} current={pathname} state={shell && !onlyScript ? "known" : "unasked"} />
      {shell?.impersonator ? <Impersonation actor={shell.impersonator} /> : null}
      <Said notice={notice} />
      <div className="contents" data-stale={isStale(state) ? "" : undefined}>
        {unreached === null ? children : <UnreachedPage path={unreached} go={go} />}
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

/** Result of the last form, and rejections of forms that are no longer shown. Cleared by the next navigation. */
function Said({ notice }: { notice: ReturnType<typeof useNotice> }) {
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
        // biome-ignore lint/suspicious/noArrayIndexKey: the same text may be there twice, and none moves
        <Notice key={index} kind="alert">
          {text}
        </Notice>
      ))}
    </div>
  );
}

/** Stands for a page whose code could not be loaded, until it can be. */
function UnreachedPage({ path, go }: { path: string; go: (path: string) => void }) {
  useNetworkAgain(
    true,
    useCallback(() => go(path), [go, path]),
  );
  useEffect(() => {
    const before = document.title;
    document.title = `${OFFLINE.title} · Mosaic`;
    document.getElementById(PAGE_TITLE_ID)?.focus({ preventScroll: true });
    return () => {
      document.title = before;
    };
  }, []);
  return <ErrorPage {...OFFLINE} action={{ href: "/", label: "Go to the start page" }} requestId="" />;
}

/** Nobody acts as somebody else without seeing it on every page. */
function Impersonation({ actor }: { actor: string }) {
  return (
    <aside aria-label="Impersonation" className="border-b border-line bg-warn-wash">
      <p className="mx-auto w-full max-w-page px-4 py-2 wide:px-6">
        {`${actor} is signed in as this person. What is done here is in the audit log.`}
      </p>
    </aside>
  );
}

/** After a navigation the focus goes to the new page's heading, so that a screen reader says where one is. */
function useFocusOnHeading(pathname: string): void {
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById(PAGE_TITLE_ID)?.focus({ preventScroll: true });
  }, [pathname]);
  // On a phone the links scroll sideways, and the current one may lie outside. Not `scrollIntoView`: in Chromium it
  // also moves the point from which Tab goes on, past the skip link.
  // biome-ignore lint/correctness/useExhaustiveDependencies: again on each page
  useEffect(() => {
    const link = document.querySelector<HTMLElement>("header [aria-current]");
    const strip = link?.closest("nav");
    if (!link || !strip) return;
    const [inner, outer] = [link.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (inner.right > outer.right) strip.scrollLeft += inner.right - outer.right;
    if (inner.left < outer.left) strip.scrollLeft -= outer.left - inner.left;
  }, [pathname]);
}
