import { describe, expect, it } from "vitest";
import { type BuiltRoutes, createRouteTable, type RouteEntry } from "./request/route-table.ts";
import config from "./routes.ts";

const modules = import.meta.glob<Record<string, unknown>>(["./routes/*.ts", "./routes/*.tsx"], {
  eager: true,
});
const [layout, ...alone] = config;
const built: BuiltRoutes = Object.fromEntries(
  [...(layout?.children ?? []), ...alone].map(({ file, path, index }) => {
    const module = modules[`./${file}`] ?? {};
    // Several URLs may have the same module.
    return [
      `${file} ${path}`,
      { id: file, parentId: "root", ...(index ? { index } : { path: path ?? "" }), module },
    ];
  }),
);
const routeOf = createRouteTable(built);
const ROUTES = Object.values(built).map((route): RouteEntry & { path: string; isPage: boolean } => {
  const path = `/${route?.path ?? ""}`;
  return { path, isPage: route?.module.default !== undefined, ...routeOf(path.replace("*", "unknown")) };
});
const pathsWith = (test: (route: (typeof ROUTES)[number]) => boolean) =>
  ROUTES.filter(test)
    .map(({ path }) => path)
    .sort();

describe("the policy of every route", () => {
  it("has a module", () => {
    const used = new Set(Object.values(built).map((route) => route?.id));
    expect(Object.keys(modules).length).toBe(used.size + 1);
    expect(ROUTES.filter(({ methods }) => methods.length === 0)).toEqual([]);
  });

  it("limits the body of every action to 64 KiB, except for routes that check the API key first", () => {
    const accepting = ROUTES.filter(({ methods }) => methods.includes("POST"));
    expect(accepting.length).toBeGreaterThan(8);
    const large = accepting.filter(({ policy }) => !(Number(policy.maxBodyBytes) <= 64 * 1024));
    expect(large.map(({ path }) => path)).toEqual([
      // agents:start
      "/api/v1/metrics",
      "/api/v1/agents/:agent/status",
      "/api/v1/agents/:agent/ping",
      "/api/v1/otlp/v1/metrics",
      "/api/v1/otlp/v1/traces",
      "/api/v1/otlp/v1/logs",
      // agents:end
    ]);
  });

  it("rejects API calls with JSON, and page requests with text", () => {
    expect(pathsWith(({ policy }) => policy.rejections !== "text")).toEqual(
      pathsWith(({ path }) => path.startsWith("/api/")),
    );
    // agents:start
    // As OpenTelemetry specifies.
    expect(pathsWith(({ policy }) => policy.rejections === "otlp")).toEqual(
      pathsWith(({ path }) => path.startsWith("/api/v1/otlp/")),
    );
    // agents:end
  });

  it("allows other sites only the API for programs, which is neither limited by session nor a page", () => {
    expect(pathsWith(({ policy }) => policy.crossOrigin)).toEqual(
      pathsWith(({ path }) => path.startsWith("/api/v1/")),
    );
    expect(pathsWith(({ policy, isPage }) => policy.crossOrigin && isPage)).toEqual([]);
    expect(pathsWith(({ policy }) => policy.crossOrigin && policy.rateLimit?.by === "session")).toEqual([]);
  });

  it("names the GETs with side effects: both ends of a sign-in, and the sign-out", () => {
    expect(pathsWith(({ policy }) => policy.actsOnGet)).toEqual([
      "/api/auth/login",
      "/api/auth/logout",
      "/callback",
    ]);
  });

  it("counts sign-ins together and requests for the session together, and never limits the sign-out", () => {
    const limits = ROUTES.flatMap(({ path, policy }) =>
      policy.rateLimit === null ? [] : [[path, policy.rateLimit.limit, policy.rateLimit.by]],
    );
    expect(limits.sort()).toEqual([
      ["/api/auth/login", "signIns", "network"],
      ["/api/auth/session", "sessionAsks", "session"],
      ["/api/auth/token", "sessionAsks", "session"],
      ["/api/errors", "errors", "network"],
      ["/callback", "signIns", "network"],
    ]);
  });

  it("opens to guests only the pages that are for guests", () => {
    expect(pathsWith(({ policy, isPage }) => isPage && policy.access === "everyone")).toEqual([
      "/",
      "/*",
      "/about",
      "/api/auth/logout",
      "/callback",
      "/login",
    ]);
    expect(pathsWith(({ policy }) => policy.access === "admin")).toEqual(
      pathsWith(({ path }) => path.startsWith("/admin/")),
    );
  });

  it("prerenders only pages that nothing personal is on", () => {
    const prerendered = ROUTES.filter(({ policy }) => policy.sameForEveryone);
    expect(prerendered.map(({ path, policy, methods }) => [path, policy.access, methods])).toEqual([
      ["/about", "everyone", ["GET", "HEAD"]],
    ]);
  });
});

describe("an unknown path", () => {
  it.each([
    ["/nothing", "text", false],
    ["/api/nothing", "json", false],
    ["/api/nothing/more", "json", false],
    ["/api/%E0%A4%A", "json", false],
    ["/api/v1/nothing", "json", true], // agents:line
    ["/api/v10", "json", false],
    ["/api%2fauth/token", "text", false],
    ["/settings/%FF", "text", false],
  ])("%s has the policy of the route that serves it", (path, rejections, crossOrigin) => {
    expect(routeOf(path)).toMatchObject({ id: null, pattern: "*", policy: { rejections, crossOrigin } });
  });
});

it("no middleware names a URL: what differs between routes is in their policies", () => {
  const sources = import.meta.glob<string>(["./**/*.ts", "!./**/*.test.ts"], {
    eager: true,
    query: "?raw",
    import: "default",
  });
  const middleware = Object.entries(sources).filter(([, text]) =>
    /^export const \w+: Middleware = /m.test(text),
  );
  expect(middleware.length).toBeGreaterThan(10);
  const urls = middleware.flatMap(([path, text]) => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
    return [...code.matchAll(/["'`]\/[a-z]|\/\^?\\\/[a-z]/g)].map(([literal]) => `${path}: ${literal}`);
  });
  expect(urls).toEqual([]);
});
