/** Every page that an admin has and that needs nothing in its address: what holds for pages is tried on each. */
export const PERSONS_PAGES = [
  "/",
  "/dashboard",
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
