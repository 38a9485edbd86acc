import { renderToReadableStream, renderToString } from "react-dom/server.edge";
import { type EntryContext, Outlet, Scripts, ServerRouter } from "react-router";
import { describe, expect, it } from "vitest";
import { readHandOff } from "./hand-off.server.ts";

/** Returns the part of React Router's entry context that is needed to render one route. */
function contextWith(loaderData: unknown, handedOff: string[]): EntryContext {
  const module = {
    default: () => (
      <html lang="en">
        <body>
          <Outlet />
          <Scripts />
        </body>
      </html>
    ),
  };
  const route = { id: "root", path: "", module: "/root.js", hasLoader: true };
  return {
    manifest: {
      routes: { root: route },
      entry: { module: "/entry.js", imports: [] },
      url: "/manifest.js",
      version: "1",
    },
    routeModules: { root: module },
    criticalCss: undefined,
    staticHandlerContext: {
      basename: "/",
      location: { pathname: "/", search: "", hash: "", state: null, key: "k" },
      loaderData: { root: loaderData },
      actionData: null,
      errors: null,
      matches: [{ params: {}, pathname: "/", pathnameBase: "/", route: { id: "root", path: "", ...module } }],
      statusCode: 200,
      loaderHeaders: {},
      actionHeaders: {},
    },
    serverHandoffString: "{}",
    serverHandoffStream: new ReadableStream({
      start(controller) {
        for (const part of handedOff) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    }),
    renderMeta: {},
    future: {},
    ssr: true,
    isSpaMode: false,
    routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
    serializeError: (error: Error) => ({ message: error.message }),
  } as unknown as EntryContext;
}

const router = (context: EntryContext) => (
  <ServerRouter context={context} url="http://localhost/" nonce="n" />
);

/** Returns the loader data that the page's scripts pass to the browser. */
const handedOver = (html: string) =>
  [...html.matchAll(/streamController\.enqueue\((".*?(?<!\\)")\)/g)]
    .map(([, json]) => JSON.parse(json ?? '""'))
    .join("");

describe("the loader data in a page", () => {
  it("is the same as in a streamed page, and does not suspend rendering", async () => {
    const parts = ['[{"_1":2},"a",', '"<b> & ünï \\u2028"]'];
    const whole = contextWith({ a: 1 }, parts);
    expect(await readHandOff(whole)).toBe(true);
    const atOnce = renderToString(router(whole));
    expect(atOnce).not.toContain("<!--$!-->");
    const streamed = await new Response(
      await renderToReadableStream(router(contextWith({ a: 1 }, parts))),
    ).text();
    expect(handedOver(atOnce)).toBe(parts.join(""));
    expect(handedOver(streamed)).toBe(parts.join(""));
    expect(atOnce).toContain("streamController.close()");
  });

  it("is not read if a loader returned a pending promise", async () => {
    expect(await readHandOff(contextWith({ later: Promise.resolve(1) }, ["[]"]))).toBe(false);
  });
});
