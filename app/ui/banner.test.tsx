import type { ComponentProps } from "react";
import { renderToStaticMarkup } from "react-dom/server.edge";
import { MemoryRouter } from "react-router";
import { expect, test } from "vitest";
import { Banner, displayName } from "./banner.tsx";

const ada = {
  firstName: "Ada",
  lastName: "Lovelace",
  email: "ada@example.com",
  pictureUrl: null,
  isAdmin: true,
};
const render = (path: string, props: ComponentProps<typeof Banner>) =>
  renderToStaticMarkup(
    <MemoryRouter initialEntries={[path]}>
      <Banner {...props} />
    </MemoryRouter>,
  );
const links = (html: string) => [...html.matchAll(/<a [^>]*href="([^"]+)"/gu)].map((match) => match[1]);

test("a user without a first name is shown by the e-mail up to the @", () => {
  expect(displayName(ada)).toBe("Ada");
  expect(displayName({ firstName: null, email: "alan@example.com" })).toBe("alan");
  expect(displayName({ firstName: "  ", email: "alan@example.com" })).toBe("alan");
});

test("a guest sees the sign-in link and no sign-out link", () => {
  const html = render("/", { viewer: null });
  expect(links(html)).toEqual(["#main", "/", "/login"]);
});

test("only an admin sees the links to users and the audit log", () => {
  const admin = render("/", { viewer: ada });
  expect(links(admin)).toContain("/admin/audit");
  const other = render("/", { viewer: { ...ada, isAdmin: false } });
  expect(links(other)).toEqual([
    "#main",
    "/",
    "/dashboard",
    "/alerts", // agents:line
    "/profile",
    "/settings",
    "/api/auth/logout",
  ]);
});

test("the link of the current page or its parent is marked", () => {
  for (const current of ["/settings", "/settings/sessions"]) {
    const html = render(current, { viewer: ada });
    const marked = html.match(/<a [^>]*aria-current="page"[^>]*>/gu);
    expect(marked).toHaveLength(1);
    expect(marked?.[0]).toContain('href="/settings"');
  }
});

test("a prerendered page shows nothing about the user", () => {
  const html = render("/about", { viewer: ada, state: "unasked" });
  expect(html).not.toMatch(/Sign|Ada|Dashboard/u);
});

test("the banner has no style attribute, which the content security policy would block", () => {
  expect(render("/", { viewer: ada })).not.toContain("style=");
});
