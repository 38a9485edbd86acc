/** What stands around every page: the banner, the foot, and how one gets from page to page. */
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation, useNavigation } from "react-router";
import { useWorkOS } from "./auth/use-workos.ts";
import { useDocument } from "./document.ts";
import { useGoing } from "./interrupted.ts";
import { useLive } from "./live/live-context.ts";
import { usePlace } from "./live/use-place.ts";
import { useClientNavigation } from "./navigation.ts";
import { usePagesAhead } from "./pages-ahead.ts";
import { Banner, type BannerViewer } from "./ui/banner.tsx";
import { Footer } from "./ui/footer.tsx";
import { formatClock } from "./ui/format.ts";
import { isStale, LiveMark } from "./ui/live-mark.tsx";
import { Notice } from "./ui/notice.tsx";
import { PAGE_TITLE_ID } from "./ui/page.tsx";
import { Progress } from "./ui/progress.tsx";
import { useHydrated } from "./ui/use-hydrated.ts";
import { useNotice } from "./use-notice.ts";
import { useShell } from "./use-shell.ts";

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
  useClientNavigation();
  useGoing();
  usePagesAhead(viewer !== null);
  useFocusOnHeading(pathname);
  return (
    <>
      <Progress active={navigation.state !== "idle"} />
      <Banner viewer={viewer} current={pathname} state={shell && !onlyScript ? "known" : "unasked"} />
      {shell?.impersonator ? <Impersonation actor={shell.impersonator} /> : null}
      {notice ? (
        <div className="mx-auto w-full max-w-page px-4 pt-4 wide:px-6">
          <Notice kind={notice.kind}>{notice.text}</Notice>
        </div>
      ) : null}
      <div className="contents" data-stale={isStale(state) ? "" : undefined}>
        {children}
      </div>
      <Footer>
        <Connection />
      </Footer>
    </>
  );
}

/** Without JavaScript nothing will ever connect, so nothing is said to be about to. */
function Connection() {
  const { state, asOf } = useLive();
  const place = usePlace();
  const hydrated = useHydrated();
  if (state === null || (state === "connecting" && !hydrated)) return null;
  return <LiveMark state={state} since={asOf === null ? undefined : formatClock(asOf, place)} />;
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
