// Inline script of the prerendered `/about`: sets the theme before the first paint, then fills in the banner
// with the markup of `ui/banner.tsx`. Sent unchanged; the Content Security Policy has its hash.
(() => {
  const theme = /(?:^|; )(?:__Host-)?mosaic-theme=(light|dark|system)/.exec(document.cookie)?.[1];
  if (theme) document.documentElement.dataset.theme = theme;

  const link = (href, text, attributes = {}) =>
    Object.assign(document.createElement("a"), { href, textContent: text, ...attributes });

  const signIn = () => {
    const anchor = link("/login", "Sign in", { className: "button" });
    anchor.dataset.look = "quiet";
    return [anchor];
  };

  const account = ({ firstName, lastName, email }) => {
    const name = firstName || email.split("@")[0];
    const avatar = Object.assign(document.createElement("span"), {
      className:
        "grid size-8 flex-none place-items-center rounded-tile bg-accent-wash text-small font-strong text-accent select-none",
      textContent: [firstName || email, lastName].map((word) => word?.[0]?.toUpperCase() ?? "").join(""),
    });
    avatar.setAttribute("aria-hidden", "true");
    const shown = Object.assign(document.createElement("span"), {
      className: "min-w-0 truncate wide:max-w-48",
      textContent: name,
      title: email,
    });
    const signOut = link("/api/auth/logout", "Sign out", {
      className: "inline-flex min-h-11 items-center text-quiet whitespace-nowrap",
    });
    return [avatar, shown, signOut];
  };

  const navigation = (isAdmin) => {
    const nav = document.createElement("nav");
    nav.setAttribute("aria-label", "Main");
    nav.className =
      "order-last -mx-4 basis-[calc(100%+2rem)] scroll-x border-t border-line px-1 wide:order-none wide:mx-0 wide:basis-auto wide:border-t-0 wide:px-0";
    const list = Object.assign(document.createElement("ul"), {
      className: "flex wide:h-14 wide:items-stretch",
    });
    const names = [
      "Dashboard",
      "Alerts", // agents:line
      "Profile",
      "Settings",
    ];
    const places = names.map((name) => [`/${name.toLowerCase()}`, name]);
    if (isAdmin) places.push(["/admin/users", "Users"], ["/admin/audit", "Audit log"]);
    for (const [href, name] of places) {
      const item = Object.assign(document.createElement("li"), { className: "flex" });
      item.append(link(href, name, { className: "tab" }));
      list.append(item);
    }
    nav.append(list);
    return nav;
  };

  const fill = async () => {
    const place = document.querySelector("[data-banner=account]");
    try {
      const response = await fetch("/api/auth/session", { cache: "no-store" });
      const { user } = await response.json();
      place.replaceChildren(...(user ? account(user) : signIn()));
      if (user) place.before(navigation(response.headers.has("X-Admin")));
    } catch {
      // The worker is unreachable: show the banner for guests.
      place.replaceChildren(...signIn());
    }
  };
  document.addEventListener("DOMContentLoaded", fill);
  addEventListener("pageshow", (event) => event.persisted && fill());
})();
