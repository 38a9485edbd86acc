/** Attack requests: redirects, injections, cookies, methods, hosts, prototype keys, paths and sizes. */
import type { SendOptions } from "./browser.ts";

export type Hostile = { what: string; method: string; path: string; options: SendOptions };

const FORM = "application/x-www-form-urlencoded";
export const hostile: Hostile[] = [];
const add = (what: string, method: string, path: string, options: SendOptions = {}) =>
  hostile.push({ what, method, path, options });

/** Spellings of another site's URL that a browser might still follow. */
const ELSEWHERE = [
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/%09/evil.example",
  "/%0a/evil.example",
  "/%5cevil.example",
  "/%2f/evil.example",
  "/%252f%252fevil.example",
  "https:evil.example",
  "https:/%2fevil.example",
  "http://localhost:8787@evil.example",
  "http://localhost:8787.evil.example",
  "//localhost:8787@evil.example/",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "/..//evil.example",
  "/.//evil.example",
  "/dashboard/..//evil.example",
  "%2f%2fevil.example",
  "/\u2028/evil.example",
  "/\uff0fevil.example",
  " //evil.example",
  "\t//evil.example",
];
for (const address of ELSEWHERE) {
  add("a returnTo to another site", "GET", `/login?returnTo=${encodeURIComponent(address)}`);
  add(
    "a sign-in with a returnTo to another site",
    "GET",
    `/api/auth/login?returnTo=${encodeURIComponent(address)}`,
  );
}
for (const raw of ["//evil.example", "/%5cevil.example", "%2f%2fevil.example", "https:%2f%2fevil.example"]) {
  add("an unencoded returnTo", "GET", `/login?returnTo=${raw}`);
  add("two returnTo parameters", "GET", `/login?returnTo=/dashboard&returnTo=${raw}`);
}
for (const path of ["//evil.example/", "//evil.example/login", "/\\evil.example", "//evil.example/about/"]) {
  add("a path that looks like a host", "GET", path);
  add("a data path that looks like a host", "GET", `${path}x.data`);
}
for (const organization of ["https://evil.example", "org_1&redirect_uri=https://evil.example"]) {
  const form = { organizationId: organization, returnTo: "//evil.example" };
  add("a switch of organization with a foreign URL", "POST", "/api/auth/organization", { form });
}
add("a foreign redirect_uri", "GET", "/api/auth/login?redirect_uri=https://evil.example/cb");
add(
  "a loginHint with injected parameters",
  "GET",
  "/api/auth/login?loginHint=a%26redirect_uri%3Dhttps://evil.example",
);
add("an invalid screenHint", "GET", "/api/auth/login?screenHint=https://evil.example");
add("a sign-out with a foreign return_to", "GET", "/api/auth/logout?return_to=https://evil.example", {
  headers: { "sec-fetch-site": "cross-site" },
});

/** Line breaks and headers in values that become part of a response. */
const INJECTED = "%0d%0aSet-Cookie:%20x-injected=1%0d%0aX-Injected:%201%0d%0a%0d%0a<script>alert(1)</script>";
for (const path of [
  `/login?returnTo=/dashboard${INJECTED}`,
  `/login?error=${INJECTED}`,
  `/api/auth/login?returnTo=/a${INJECTED}`,
  `/api/auth/login?loginHint=${INJECTED}`,
  `/callback?error=${INJECTED}&error_description=${INJECTED}`,
  `/callback?code=${INJECTED}&state=${INJECTED}`,
  `/dashboard?q=${INJECTED}`,
  `/${INJECTED}`,
  `/projects/${INJECTED}`,
  `/dashboard.data?_routes=${INJECTED}`,
]) {
  add("header injection", "GET", path);
}
for (const [name, value] of [
  ["x-request-id", "<script>alert(1)</script>"],
  ["x-request-id", "x".repeat(5_000)],
  ["user-agent", '<script>alert(1)</script>","level":"error'],
  ["accept-language", "<script>alert(1)</script>"],
  ["referer", "https://evil.example/<script>alert(1)</script>"],
  ["cf-connecting-ip", "<script>alert(1)</script>"],
  ["cf-ipcity", "<script>alert(1)</script>"],
  ["authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."],
  ["x-original-url", "/admin/users"],
  ["x-rewrite-url", "/admin/users"],
  ["x-http-method-override", "DELETE"],
  ["x-middleware-subrequest", "middleware:middleware:middleware"],
  ["next-action", "1"],
  ["upgrade", "websocket"],
  ["transfer-encoding", "chunked"],
  ["expect", "100-continue"],
  ["range", "bytes=0-,0-,0-,0-,0-"],
  ["x-big", "x".repeat(30_000)],
  ["sec-fetch-site", "same-origin, cross-site"],
] as const) {
  add(`an invalid ${name} header`, "GET", "/settings", { headers: { [name]: value } });
}

/** Foreign host names. */
for (const headers of [
  { host: "evil.example" },
  { host: "localhost.evil.example:8787" },
  { host: "evil.example:8787" },
  { host: "127.0.0.1" },
  { "x-forwarded-host": "evil.example" },
  { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
  { "x-forwarded-proto": "javascript" },
  { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" },
  { forwarded: 'for=127.0.0.1;host="evil.example";proto=https' },
  { "x-host": "evil.example", "x-forwarded-server": "evil.example" },
  { "x-forwarded-prefix": "//evil.example", "x-forwarded-port": "99999" },
] as Record<string, string>[]) {
  add(`a foreign host: ${JSON.stringify(headers)}`, "GET", "/api/auth/login", { headers });
  add(`a foreign host: ${JSON.stringify(headers)}`, "GET", "/settings", { headers });
}

/** Too many, too large or malformed cookies. */
const cookies: [string, string][] = [
  ["empty", ""],
  ["only separators", ";;;;,,,,===;;"],
  ["1,000 cookies", Array.from({ length: 1_000 }, (_, i) => `c${i}=1`).join("; ")],
  ["300 pending sign-ins", Array.from({ length: 300 }, (_, i) => `wos-flow-${i}=Fe26.2*x*y`).join("; ")],
  ["a session of 30 kB", `wos-session=${"x".repeat(30_000)}`],
  ["four invalid chunks", [0, 1, 2, 3].map((i) => `wos-session.${i}=${"x".repeat(3_900)}`).join("; ")],
  ["100 chunks", Array.from({ length: 100 }, (_, i) => `wos-session.${i}=Fe26.2`).join("; ")],
  ["a session and its chunks", "wos-session=Fe26.2**x; wos-session.0=a; wos-session.3=b"],
  ["the same session 50 times", Array.from({ length: 50 }, () => "wos-session=Fe26.2**a*b*c").join("; ")],
  ["an invalid sealed session", "wos-session=Fe26.2*999999*a*b*c*99999999999999*d*e~2"],
  ["a sealed session with 10,000 parts", `wos-session=Fe26.2${"*".repeat(10_000)}~2`],
  ["a token instead of a sealed session", "wos-session=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."],
  ["prototype keys", "__proto__=1; constructor=2; toString=3; hasOwnProperty=4; wos-session.__proto__=5"],
  ["broken percent-encoding", "wos-session=%; theme=%E0%A4%A; mosaic-notice=%zz"],
  ["markup", 'theme="><script>alert(1)</script>; mosaic-notice=<script>alert(1)</script>'],
  ["an unsigned notice", `mosaic-notice=${Buffer.from('"<script>alert(1)</script>"').toString("base64")}`],
  ["a foreign prefix", "__Host-wos-session=Fe26.2**x; __Secure-wos-session=y"],
  ["bytes above ASCII", "wos-session=\u00ff\u00fe; theme=\u00e9"],
];
for (const [what, cookie] of cookies) {
  for (const path of ["/dashboard", "/api/auth/session"]) {
    add(`cookies: ${what}`, "GET", path, { headers: { cookie } });
  }
  add(`cookies: ${what}`, "POST", "/api/auth/token", { headers: { cookie }, json: {} });
}

/** Unexpected methods. */
for (const method of ["TRACE", "OPTIONS", "PROPFIND", "PUT", "DELETE", "PATCH", "MERGE", "PURGE", "LOCK"]) {
  for (const path of ["/dashboard", "/api/auth/token", "/admin/users.data"])
    add("an unexpected method", method, path);
}
add("a CORS preflight", "OPTIONS", "/api/auth/token", {
  headers: {
    origin: "https://evil.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,authorization",
  },
});
for (const path of ["/api/auth/session", "/dashboard", "/dashboard.data", "/admin/audit.csv", "/healthz"]) {
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  add("a read from another site", "GET", path, { headers });
  add("a read from the null origin", "GET", path, { headers: { origin: "null" } });
}

/** Property names that every object inherits. */
const KEYS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__"];
const PROTOTYPES = KEYS.flatMap((key) => [`${key}=1`, `${key}[admin]=1`, `${key}.role=admin`]).join("&");
for (const path of ["/profile", "/dashboard", "/settings", "/settings/sessions", "/settings/account"]) {
  add("a form with prototype keys", "POST", path, { headers: { "content-type": FORM }, body: PROTOTYPES });
  add("a query with prototype keys", "GET", `${path}?${PROTOTYPES}`);
}
const JSON_PATHS = [
  "/api/auth/token",
  "/api/errors",
  "/api/v1/metrics", // agents:line
];
for (const json of [
  '{"__proto__":{"forceRefresh":true,"isAdmin":true}}',
  '{"constructor":{"prototype":{"forceRefresh":true}}}',
  '{"message":"x","__proto__":{"stack":"y"},"path":{"toString":1}}',
  '{"message":{"__proto__":"x"}}',
]) {
  for (const path of JSON_PATHS) {
    add("JSON with prototype keys", "POST", path, {
      headers: { "content-type": "application/json" },
      body: json,
    });
  }
}
for (const key of KEYS) {
  add("a page named like a prototype key", "GET", `/${key}`);
  add("a project named like a prototype key", "GET", `/projects/${key}`); // agents:line
  add("a route named like a prototype key", "GET", `/dashboard.data?_routes=${key}`);
  add("an error named like a prototype key", "GET", `/login?error=${key}`);
  add("an intent named like a prototype key", "POST", "/settings", { form: { intent: key, theme: key } });
  add("filters named like a prototype key", "GET", `/admin/audit?event=${key}&userId=${key}&search=${key}`);
}

/** Guard bypasses and path traversal. */
for (const path of [
  "/admin/users.data",
  "/admin/users/_.data",
  "/admin//users",
  "/ADMIN/USERS",
  "/admin/users%2edata",
  "/admin/users.data.data",
  "/admin/users.data?_routes=root",
  "/admin/users.data?_routes=routes%2Fhome",
  "/%61dmin/users",
  "/admin%2fusers",
  "/admin/./users",
  "/admin/audit.csv.data",
  "/admin/audit%2ecsv",
  "/admin/audit.csv%00.html",
  "/dashboard.data?_routes=routes%2Fadmin.users",
  "/_root.data",
  "/.data",
  "/..data",
  "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
  "/assets/..%2f..%2fserver/index.js",
  "/assets/%2e%2e/%2e%2e/server/wrangler.json",
  "/assets/../.dev.vars",
  "/.dev.vars",
  "/.env",
  "/.git/config",
  "/server/index.js",
  "/wrangler.json",
  "/__manifest?paths=%2Fadmin%2Fusers%2C%2F%2Fevil.example&version=__proto__",
  "/api/auth/sessio%6e.data",
  "/api/auth/token/../session",
  "/api/v1/../auth/session",
  "/api/v1/metrics/../../auth/token", // agents:line
  "/about%2f..%2fdashboard",
  "/dashboard%00",
  "/dashboard%20",
  "/dashboard;jsessionid=1",
  "/dashboard?__proto__[x]=1#fragment",
  "/cdn-cgi/trace",
  "/cdn-cgi/mf/scheduled",
  "/cdn-cgi/image/width=1/https://evil.example/x.png",
]) {
  add("a bypass or traversal path", "GET", path);
}

/** Oversized requests. */
add("a path of 8 kB", "GET", `/${"a".repeat(8_000)}`);
add("a path 1,000 folders deep", "GET", `/${"a/".repeat(1_000)}.data`);
add("a returnTo of 8 kB", "GET", `/login?returnTo=/${"a".repeat(8_000)}`);
add("2,000 parameters", "GET", `/dashboard?${"a[]=1&".repeat(2_000)}`);
add("a form of 2 MB", "POST", "/profile", { form: { firstName: "x".repeat(2_000_000), lastName: "" } });
add("50,000 form fields", "POST", "/profile", {
  headers: { "content-type": FORM },
  body: "a=1&".repeat(50_000),
});
add("an error report of 1 MB", "POST", "/api/errors", { json: { message: "x".repeat(1_000_000) } });
add("JSON nested 100,000 levels deep", "POST", "/api/errors", {
  headers: { "content-type": "application/json" },
  body: "[".repeat(100_000),
});
// agents:start
add("metrics of 1 MB", "POST", "/api/v1/metrics", {
  headers: { authorization: "Bearer mosaic_x" },
  json: { metrics: "x".repeat(1_000_000) },
});
// agents:end
add("an unterminated multipart body", "POST", "/profile", {
  headers: { "content-type": `multipart/form-data; boundary=${"b".repeat(70)}` },
  body: `--${"b".repeat(70)}\r\n`.repeat(500),
});
