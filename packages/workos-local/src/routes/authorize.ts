/** `/user_management/authorize`: the sign-in page and its form. Scripts can post `email=…` to the same URL. */
import * as v from "valibot";
import {
  type AuthorizeRequest,
  errorLocation,
  readAuthorizeRequest,
  withParameters,
} from "../authorize-request.ts";
import type { WorkOSContext } from "../context.ts";
import { GLOBEX } from "../demo-users.ts";
import { formatUser } from "../formats.ts";
import type { AuthorizationCode } from "../grants/authorization-code.ts";
import { noticePage } from "../page/document.ts";
import { SECOND_FACTOR_CODE, secondFactorPage } from "../page/second-factor-page.ts";
import { signInPage, WAYS_IN, type WayIn } from "../page/sign-in-page.ts";
import { type Reply, redirect } from "../reply.ts";
import { formOf, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import { OUTCOMES } from "../sign-in-outcomes.ts";
import type { Organization } from "../store/organization-store.ts";
import type { SignIn } from "../store/session-store.ts";
import type { User } from "../store/user-store.ts";
import { acceptInvitation } from "./invitations.ts";
import { storeMembership } from "./organizations.ts";
import { Email } from "./users.ts";

const TEN_MINUTES = 10 * 60_000;
const IMPERSONATOR = { email: "support@example.com", reason: "Looking into a reported problem." };

/** Fields of the form. All are optional: a script sends an email, a button sends one of the others. */
const Form = v.object({
  email: v.optional(v.string()),
  typed_email: v.optional(v.string()),
  choice: v.fallback(v.optional(v.picklist(["denied", "expired", "down"])), undefined),
  way: v.fallback(v.optional(v.picklist(WAYS_IN)), undefined),
  outcome: v.fallback(v.optional(v.picklist(OUTCOMES)), undefined),
  /** Id of the organization to sign in to. */
  organization: v.optional(v.string()),
  second_factor_token: v.optional(v.string()),
  code: v.optional(v.string()),
});
type Form = v.InferOutput<typeof Form>;

function show(context: WorkOSContext, request: WorkOSRequest): Reply {
  const authorize = readAuthorizeRequest(context, request.query);
  if ("kind" in authorize)
    return authorize.kind === "page" ? noticePage(400, authorize) : redirect(authorize.location);
  return signInPage(authorize, context.store.organizations.all(), actionOf(request));
}

function submit(context: WorkOSContext, request: WorkOSRequest): Reply {
  const authorize = readAuthorizeRequest(context, request.query);
  if ("kind" in authorize)
    return authorize.kind === "page" ? noticePage(400, authorize) : redirect(authorize.location);
  const form = v.parse(Form, Object.fromEntries(formOf(request) ?? []));
  if (form.choice === "denied") {
    const description = "The user denied the request.";
    return redirect(errorLocation(authorize.redirectUri, authorize.state, "access_denied", description));
  }
  if (form.second_factor_token !== undefined)
    return finishSecondFactor(context, request, authorize, form.second_factor_token, form.code ?? "");

  const typed = form.email ?? form.typed_email ?? "";
  // The failure buttons need no user: they use the login hint or the first demo user.
  const email = v.safeParse(Email, typed || (form.choice ? (authorize.loginHint ?? "ada@example.com") : ""));
  if (!email.success)
    return signInPage(authorize, context.store.organizations.all(), actionOf(request), {
      email: typed,
      message: "Enter an email such as name@example.com.",
    });
  const user = context.store.users.byEmail(email.output) ?? signUp(context, email.output);
  return signInAs(context, request, authorize, user, form);
}

/** Creates a user with only an email, which this sign-in verifies. */
function signUp(context: WorkOSContext, email: string): User {
  return context.store.transaction(() => {
    const user = context.store.users.create({ email, emailVerified: true });
    context.emit("user.created", formatUser(user));
    return user;
  });
}

function signInAs(
  context: WorkOSContext,
  request: WorkOSRequest,
  authorize: AuthorizeRequest,
  user: User,
  form: Form,
): Reply {
  const way: WayIn = form.way ?? "plain";
  if (authorize.invitation) acceptInvitation(context, authorize.invitation, user);
  // Single sign-on adds its users to the organization. Other organizations require a membership.
  if (way === "sso" && !authorize.organization) joinIfNew(context, user, GLOBEX.id);
  const organization = organizationOf(context, authorize, user, form);
  if (organization === "unknown") {
    const description = "The organization was not found.";
    return redirect(
      errorLocation(authorize.redirectUri, authorize.state, "organization_invalid", description),
    );
  }
  const organizationId = organization?.id ?? null;
  const sso = way === "sso" || organization?.requires === "sso";
  if (organizationId && !context.store.organizations.activeMembership(user.id, organizationId)) {
    const description = "The user is not a member of the organization.";
    return redirect(errorLocation(authorize.redirectUri, authorize.state, "access_denied", description));
  }
  const code: AuthorizationCode = {
    userId: user.id,
    // A sign-in that started outside the app has no verifier.
    codeChallenge: way === "idp_initiated" ? null : authorize.codeChallenge,
    signIn: {
      method: way === "impersonated" ? "impersonation" : sso ? "sso" : "magic_auth",
      organizationId,
      secondFactor: false,
      ssoOrganizationId: sso ? organizationId : null,
      impersonator: way === "impersonated" ? IMPERSONATOR : null,
      ipAddress: request.ipAddress,
      userAgent: request.header("user-agent"),
    },
    outcome: form.choice === "down" ? "down" : (form.outcome ?? "signed_in"),
  };
  if (way === "mfa" || organization?.requires === "second_factor") {
    const token = context.store.oneTimeTokens.issue("second_factor", code, TEN_MINUTES);
    return secondFactorStep(request, authorize, user.email, token, false);
  }
  const started = way === "idp_initiated" ? { ...authorize, state: null } : authorize;
  return redirectWithCode(context, started, code, form.choice === "expired" ? 0 : TEN_MINUTES);
}

/**
 * Returns the organization of a sign-in: the requested one, that of the invitation, that of the form, or the only one
 * of the user. Without a request, WorkOS asks a user with several; here, the session then has none.
 */
function organizationOf(
  context: WorkOSContext,
  authorize: AuthorizeRequest,
  user: User,
  form: Form,
): Organization | null | "unknown" {
  const { organizations } = context.store;
  if (authorize.organization) return authorize.organization;
  const named = form.way === "sso" ? GLOBEX.id : form.organization || authorize.invitation?.organizationId;
  if (named) return organizations.byId(named) ?? "unknown";
  const [only, ...others] = organizations.activeMemberships(user.id);
  return only && others.length === 0 ? organizations.byId(only.organizationId) : null;
}

function joinIfNew(context: WorkOSContext, user: User, organizationId: string): void {
  if (
    context.store.organizations.byId(organizationId) &&
    !context.store.organizations.activeMembership(user.id, organizationId)
  )
    storeMembership(context, user.id, organizationId, "developer");
}

function finishSecondFactor(
  context: WorkOSContext,
  request: WorkOSRequest,
  authorize: AuthorizeRequest,
  token: string,
  typed: string,
): Reply {
  const { oneTimeTokens, users } = context.store;
  const pending = oneTimeTokens.read<AuthorizationCode>("second_factor", token);
  const user = pending && users.byId(pending.userId);
  if (!pending || !user) return signInPage(authorize, context.store.organizations.all(), actionOf(request));
  if (typed.trim() !== SECOND_FACTOR_CODE)
    return secondFactorStep(request, authorize, user.email, token, true);
  oneTimeTokens.spend("second_factor", token);
  const signIn: SignIn = { ...pending.signIn, secondFactor: true };
  return redirectWithCode(context, authorize, { ...pending, signIn }, TEN_MINUTES);
}

function secondFactorStep(
  request: WorkOSRequest,
  authorize: AuthorizeRequest,
  email: string,
  token: string,
  rejected: boolean,
): Reply {
  return secondFactorPage({
    action: actionOf(request),
    token,
    email,
    redirectUri: authorize.redirectUri,
    rejected,
  });
}

function redirectWithCode(
  context: WorkOSContext,
  authorize: AuthorizeRequest,
  content: AuthorizationCode,
  lifetime: number,
): Reply {
  const code = context.store.oneTimeTokens.issue("authorization_code", content, lifetime);
  return redirect(withParameters(authorize.redirectUri, { code, state: authorize.state }));
}

/** Returns the URL of the form, which is that of the page. */
const actionOf = (request: WorkOSRequest): string => `${request.path}?${request.query}`;

export const authorizeRoutes: Route[] = [
  route("public")("GET", "/user_management/authorize", show),
  route("public")("POST", "/user_management/authorize", submit),
];
