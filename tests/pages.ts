/** Paths of every page that an admin can open and that needs no parameter. */
export const PERSONS_PAGES = [
  "/",
  "/dashboard",
  "/alerts", // agents:line
  "/profile",
  "/settings",
  "/settings/sessions",
  "/settings/activity",
  "/settings/account",
  "/settings/organization",
  "/admin/users",
  "/admin/audit",
  "/about",
];
