/** Variables of the deployment: how emails are sent. */
import { afterEach, expect, test, vi } from "vitest";
import { mailer } from "./environment.ts";

afterEach(() => vi.unstubAllEnvs());

function mailerWith(variables: Record<string, string>) {
  const none = { RESEND_API_KEY: "", ALERT_EMAIL_FROM: "", RESEND_API_URL: "", WORKOS_API_URL: "" };
  for (const [name, value] of Object.entries({ ...none, ...variables })) vi.stubEnv(name, value);
  return mailer();
}

const DEPLOYED = { CONVEX_SITE_URL: "https://happy-animal-123.convex.site" };
const LOCAL = { CONVEX_SITE_URL: "http://127.0.0.1:8790", WORKOS_API_URL: "http://127.0.0.1:8788" };
const RESEND = { RESEND_API_KEY: "re_1", ALERT_EMAIL_FROM: "alerts@example.com" };

test("emails go through Resend if both variables are set, and always to its own address when deployed", () => {
  const url = "https://api.resend.com/emails";
  expect(mailerWith({ ...DEPLOYED, ...RESEND })).toMatchObject({
    kind: "resend",
    url,
    from: "alerts@example.com",
  });
  const elsewhere = { ...DEPLOYED, ...RESEND, RESEND_API_URL: "https://example.com" };
  expect(mailerWith(elsewhere)).toMatchObject({ url });
  expect(mailerWith({ ...LOCAL, ...RESEND })).toMatchObject({ url });
});

test("without Resend, a local backend has the outbox of a local WorkOS, and a deployment has nothing", () => {
  expect(mailerWith(LOCAL)).toMatchObject({ kind: "outbox", url: "http://127.0.0.1:8788/_local/outbox" });
  expect(mailerWith({ ...LOCAL, WORKOS_API_URL: "https://api.workos.com" })).toBeNull();
  expect(mailerWith({ ...DEPLOYED, RESEND_API_KEY: "re_1" })).toBeNull();
  expect(mailerWith({ ...DEPLOYED, ALERT_EMAIL_FROM: "alerts@example.com" })).toBeNull();
});
