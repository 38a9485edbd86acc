// For the page that is the same for everyone (`/about`): sets the theme before anything is painted, then asks who is
// signed in and fills in the banner. Sent as it stands here, inline, allowed by its hash.
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
      className: "avatar",
      textContent: [firstName || email, lastName].map((word) => word?.[0]?.toUpperCase() ?? "").join(""),
    });
    avatar.setAttribute("aria-hidden", "true");
    const shown = Object.assign(document.createElement("span"), { textContent: name, title: email });
    return [avatar, shown, link("/api/auth/logout", "Sign out", { className: "text-quiet whitespace-nowrap" })];
  };

  const navigation = () => {
    const nav = document.createElement("nav");
    nav.setAttribute("aria-label", "Main");
    nav.className = "banner-nav";
    const list = document.createElement("ul");
    for (const name of ["Dashboard", "Profile", "Settings"]) {
      const item = document.createElement("li");
      item.append(link(`/${name.toLowerCase()}`, name, { className: "tab" }));
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
      if (user) place.before(navigation());
    } catch {
      // Nobody answered: the page is whole without it.
      place.replaceChildren(...signIn());
    }
  };
  document.addEventListener("DOMContentLoaded", fill);
  addEventListener("pageshow", (event) => event.persisted && fill());
})();
