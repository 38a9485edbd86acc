/** Root route: the document and the frame around every page. */
import { type ReactNode, useEffect } from "react";
import { Links, Meta, Outlet, Scripts, useRouteLoaderData } from "react-router";
import type { Route } from "./+types/root";
import { AuthContext } from "./auth/use-auth.ts";
import { runForms } from "./data/forms.server.ts";
import { SessionProvider } from "./data/session-provider.tsx";
import { loadShell, type Shell } from "./data/shell.server.ts";
import { isUnreachable } from "./data/unreachable.ts";
import { ShellContext } from "./data/use-shell.ts";
import { Chrome } from "./frame/chrome.tsx";
import { useDocument } from "./frame/document.ts";
import { Fallback } from "./frame/fallback.tsx";
import { RouteErrorPage, routeErrorTitle } from "./frame/route-error.tsx";
import { ScrollRestoration } from "./react-router/scroll-restoration.ts";
import { requestContext } from "./request/context.ts";
import { serveTheme } from "./theme/save-theme.server.ts";
import { ThemeProvider } from "./theme/theme-provider.tsx";
import stylesheet from "./ui/app.css?url";
import icon from "./ui/favicon.svg?url&no-inline";

export const links: Route.LinksFunction = () => [
  { rel: "stylesheet", href: stylesheet },
  { rel: "icon", href: icon, type: "image/svg+xml" },
];

/** Title of a page that threw; its own `meta` is not called. */
export const meta: Route.MetaFunction = ({ error }) => [
  { title: error ? `${routeErrorTitle(error)} · Mosaic` : "Mosaic" },
];

export async function loader({ context }: Route.LoaderArgs) {
  return loadShell(context.get(requestContext));
}

/** Saves the theme. In the root route, because guests can choose a theme too. */
export async function action(args: Route.ActionArgs) {
  return runForms(args, [serveTheme]);
}

export function Layout({ children }: { children: ReactNode }) {
  const { onlyScript, ...document } = useDocument();
  const shell = useRouteLoaderData<typeof loader>("root");
  return (
    <html
      lang="en"
      data-theme={(!onlyScript && shell?.theme) || document.theme}
      data-request={document.requestId || undefined}
      data-formats={shell?.formats ?? undefined}
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <Meta />
        {/* Empty: our own origin needs no nonce, and browsers hide nonces, which breaks hydration. */}
        <Links nonce="" />
        {onlyScript ? <script>{onlyScript}</script> : null}
      </head>
      <body>
        {children}
        {onlyScript ? null : (
          <>
            <ScrollRestoration />
            <Scripts />
          </>
        )}
      </body>
    </html>
  );
}

export default function App({ loaderData }: Route.ComponentProps) {
  useEffect(() => {
    lastShown = loaderData;
  }, [loaderData]);
  return (
    <Frame shell={loaderData}>
      {/* Remounts when the user changes, so that form input is not passed on. */}
      <Outlet key={loaderData.user?.id} />
    </Frame>
  );
}

/** The last root data in this browser, used when new data cannot be loaded. */
let lastShown: Shell | undefined;

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  const loaded = useRouteLoaderData<typeof loader>("root");
  const page = <RouteErrorPage error={error} />;
  return (
    // If the banner or a provider threw, show the page without them.
    <Fallback instead={page}>
      <Frame shell={loaded ?? (isUnreachable(error) ? lastShown : undefined)}>{page}</Frame>
    </Fallback>
  );
}

function Frame({ shell, children }: { shell: Shell | undefined; children: ReactNode }) {
  const page = <Chrome>{children}</Chrome>;
  if (!shell) return <ShellContext value={shell}>{page}</ShellContext>;
  const themed = <ThemeProvider>{page}</ThemeProvider>;
  return (
    <ShellContext value={shell}>
      <AuthContext value={shell}>
        <Fallback
          instead={
            <SessionProvider shell={shell} connects={false}>
              {themed}
            </SessionProvider>
          }
        >
          <SessionProvider shell={shell}>{themed}</SessionProvider>
        </Fallback>
      </AuthContext>
    </ShellContext>
  );
}
