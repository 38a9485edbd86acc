/** `/user_management/authorize`: the page, and what its form leads to. A script may post `email=…` to the same address. */
import * as v from "valibot";
import {
  type AuthorizeRequest,
  errorLocation,
  readAuthorizeRequest,
  withParameters,
} from "../authorize-request.ts";
import type { WorkosContext } from "../context.ts";
import { GLOBEX } from "../demo-people.ts";
import { formatUser } from "../formats.ts";
import type { AuthorizationCode } from "../grants/authorization-code.ts";
import { noticePage } from "../page/notice-page.ts";
import { SECOND_FACTOR_CODE, secondFactorPage } from "../page/second-factor-page.ts";
import { signInPage, WAYS_IN, type WayIn } from "../page/sign-in-page.ts";
import { type Reply, redirect } from "../reply.ts";
import { formOf, type WorkosRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import { OUTCOMES } from "../sign-in-outcomes.ts";
import type { SignIn } from "../store/session-store.ts";
import type { User } from "../store/user-store.ts";
import { Email } from "./users.ts";

const TEN_MINUTES = 10 * 60_000;
const IMPERSONATOR = { email: "support@example.com", reason: "Looking into a reported problem." };

/** What the form may say. Everything is optional: a script sends an e-mail, a button one of the others. */
const Form = v.object({
  email: v.optional(v.string()),
  typed_email: v.optional(v.string()),
  choice: v.fallback(v.optional(v.picklist(["denied", "expired", "down"])), undefined),
  way: v.fallback(v.optional(v.picklist(WAYS_IN)), undefined),
  outcome: v.fallback(v.optional(v.picklist(OUTCOMES)), undefined),
  second_factor_token: v.optional(v.string()),
  code: v.optional(v.string()),
});
type Form = v.InferOutput<typeof Form>;

function show(context: WorkosContext, request: WorkosRequest): Reply {
  const asked = readAuthorizeRequest(context, request.query);
  if ("kind" in asked) return asked.kind === "page" ? noticePage(400, asked) : redirect(asked.location);
  return signInPage(asked, actionOf(request));
}

function submit(context: WorkosContext, request: WorkosRequest): Reply {
  const asked = readAuthorizeRequest(context, request.query);
  if ("kind" in asked) return asked.kind === "page" ? noticePage(400, asked) : redirect(asked.location);
  const form = v.parse(Form, Object.fromEntries(formOf(request) ?? []));
  if (form.choice === "denied") {
    const description = "The user denied the request.";
    return redirect(errorLocation(asked.redirectUri, asked.state, "access_denied", description));
  }
  if (form.second_factor_token !== undefined)
    return finishSecondFactor(context, request, asked, form.second_factor_token, form.code ?? "");

  const typed = form.email ?? form.typed_email ?? "";
  // The failure buttons need nobody in particular: whoever is hinted at, or the first of the demo people, will do.
  const email = v.safeParse(Email, typed || (form.choice ? (asked.loginHint ?? "ada@example.com") : ""));
  if (!email.success)
    return signInPage(asked, actionOf(request), {
      email: typed,
      message: "Enter an e-mail such as name@example.com.",
    });
  const user = context.store.users.byEmail(email.output) ?? signUp(context, email.output);
  return signInAs(context, request, asked, user, form);
}

/** A new person: WorkOS knows their e-mail, verified by this sign-in, and no name. */
function signUp(context: WorkosContext, email: string): User {
  return context.store.transaction(() => {
    const user = context.store.users.create({ email, emailVerified: true });
    context.emit("user.created", formatUser(user));
    return user;
  });
}

function signInAs(
  context: WorkosContext,
  request: WorkosRequest,
  asked: AuthorizeRequest,
  user: User,
  form: Form,
): Reply {
  const { organization } = asked;
  const way: WayIn = form.way ?? "plain";
  const sso = way === "sso" || organization?.requires === "sso";
  const organizationId = organization?.id ?? (sso ? GLOBEX.id : null);
  // A single sign-on makes its people members; to every other organization one must belong already.
  if (sso && way === "sso" && !organization) joinIfNew(context, user, GLOBEX.id);
  if (organizationId && !context.store.organizations.activeMembership(user.id, organizationId)) {
    const description = "The user is not a member of the organization.";
    return redirect(errorLocation(asked.redirectUri, asked.state, "access_denied", description));
  }
  const code: AuthorizationCode = {
    userId: user.id,
    codeChallenge: asked.codeChallenge,
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
    return secondFactorStep(request, asked, user.email, token, false);
  }
  return redirectWithCode(context, asked, code, form.choice === "expired" ? 0 : TEN_MINUTES);
}

function joinIfNew(context: WorkosContext, user: User, organizationId: string): void {
  if (
    context.store.organizations.byId(organizationId) &&
    !context.store.organizations.activeMembership(user.id, organizationId)
  )
    context.store.organizations.join(user.id, organizationId, "developer");
}

function finishSecondFactor(
  context: WorkosContext,
  request: WorkosRequest,
  asked: AuthorizeRequest,
  token: string,
  typed: string,
): Reply {
  const { oneTimeTokens, users } = context.store;
  const waiting = oneTimeTokens.read<AuthorizationCode>("second_factor", token);
  const user = waiting && users.byId(waiting.userId);
  if (!waiting || !user) return signInPage(asked, actionOf(request));
  if (typed.trim() !== SECOND_FACTOR_CODE) return secondFactorStep(request, asked, user.email, token, true);
  oneTimeTokens.spend("second_factor", token);
  const signIn: SignIn = { ...waiting.signIn, secondFactor: true };
  return redirectWithCode(context, asked, { ...waiting, signIn }, TEN_MINUTES);
}

function secondFactorStep(
  request: WorkosRequest,
  asked: AuthorizeRequest,
  email: string,
  token: string,
  refused: boolean,
): Reply {
  return secondFactorPage({
    action: actionOf(request),
    token,
    email,
    redirectUri: asked.redirectUri,
    refused,
  });
}

function redirectWithCode(
  context: WorkosContext,
  asked: AuthorizeRequest,
  content: AuthorizationCode,
  lifetime: number,
): Reply {
  const code = context.store.oneTimeTokens.issue("authorization_code", content, lifetime);
  return redirect(withParameters(asked.redirectUri, { code, state: asked.state }));
}

/** Forms post to the address that the page was asked with. */
const actionOf = (request: WorkosRequest): string => `${request.path}?${request.query}`;

export const authorizeRoutes: Route[] = [
  route("public")("GET", "/user_management/authorize", show),
  route("public")("POST", "/user_management/authorize", submit),
];
