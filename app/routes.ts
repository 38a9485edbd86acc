/** The routes of the app. */
import { index, layout, type RouteConfig, route } from "@react-router/dev/routes";

export default [
  layout("routes/every-page.tsx", [
    index("routes/home.tsx"),
    route("login", "routes/login.tsx"),
    route("callback", "routes/callback.tsx"),
    route("dashboard", "routes/dashboard.tsx"),
    route("projects/:id", "routes/project.tsx"), // agents:line
    route("projects/:id/agents/:agent", "routes/project.agent.tsx"), // agents:line
    route("alerts", "routes/alerts.tsx"), // agents:line
    route("profile", "routes/profile.tsx"),
    route("settings", "routes/settings.tsx"),
    route("settings/sessions", "routes/settings.sessions.tsx"),
    route("settings/activity", "routes/settings.activity.tsx"),
    route("settings/account", "routes/settings.account.tsx"),
    route("settings/organization", "routes/settings.organization.tsx"),
    route("admin/audit", "routes/admin.audit.tsx"),
    route("admin/users", "routes/admin.users.tsx"),
    route("about", "routes/about.tsx"),
    route("api/auth/logout", "routes/api.auth.logout.tsx"),
    route("api/auth/organization", "routes/api.auth.organization.tsx"),
    route("*", "routes/not-found.tsx"),
  ]),
  route("settings/account/export", "routes/settings.account.export.ts"),
  route("admin/audit.csv", "routes/admin.audit[.]csv.ts"),
  route("healthz", "routes/healthz.ts"),
  route("api/auth/login", "routes/api.auth.login.ts"),
  route("api/auth/session", "routes/api.auth.session.ts"),
  route("api/auth/token", "routes/api.auth.token.ts"),
  route("api/errors", "routes/api.errors.ts"),
  // agents:start
  route("api/v1/metrics", "routes/api.v1.metrics.ts"),
  route("api/v1/agents", "routes/api.v1.agents.ts"),
  route("api/v1/agents/:agent/status", "routes/api.v1.agents.status.ts"),
  route("api/v1/agents/:agent/ping", "routes/api.v1.agents.ping.ts"),
  ...["metrics", "traces", "logs"].map((signal) =>
    route(`api/v1/otlp/v1/${signal}`, "routes/api.v1.otlp.ts", { id: `otlp-${signal}` }),
  ),
  route("api/v1/openapi.json", "routes/api.v1.openapi.ts"),
  route("api/v1/*", "routes/api.v1.not-found.ts"),
  // agents:end
  route("api/*", "routes/api.not-found.ts"),
] satisfies RouteConfig;
