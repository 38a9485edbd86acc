/** Sign-in card. */
import { ButtonLink } from "./button.tsx";
import { DocumentLink } from "./document-link.tsx";
import { Logo } from "./logo.tsx";
import { Notice } from "./notice.tsx";
import { PAGE_TITLE_ID } from "./page.tsx";

/**
 * Renders the content of `/login`, including `main`.
 *
 * @param signInHref - URL that starts the sign-in flow, with the return path.
 * @param signUpHref - URL that starts the sign-up flow, with the return path.
 * @param error - Why the last attempt failed and what to do; null if it did not.
 * @param links - Links that do it; each starts a sign-in.
 */
export function LoginCard({
  signInHref,
  signUpHref,
  error,
  links,
}: {
  signInHref: string;
  signUpHref: string;
  error: string | null;
  links: readonly { label: string; to: string }[];
}) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-form flex-col gap-4 px-4 py-10 wide:pt-24"
    >
      {error ? (
        <Notice kind="alert">
          <p>{error}</p>
          {links.map(({ label, to }) => (
            <p key={to}>
              <DocumentLink to={to} className="inline-flex min-h-11 items-center">
                {label}
              </DocumentLink>
            </p>
          ))}
        </Notice>
      ) : null}
      <div className="flex flex-col gap-6 rounded-card border border-line bg-surface p-4 wide:p-6">
        <span className="text-accent">
          <Logo size={40} />
        </span>
        <div className="flex flex-col gap-2">
          <h1 id={PAGE_TITLE_ID} tabIndex={-1} className="text-title">
            Sign in to Mosaic
          </h1>
          <p className="text-quiet">You sign in with your team’s account at WorkOS and come straight back.</p>
        </div>
        <ButtonLink to={signInHref} isDocument look="primary">
          Sign In with WorkOS
        </ButtonLink>
        <p className="text-quiet">
          New here?{" "}
          <DocumentLink to={signUpHref} className="inline-flex min-h-11 items-center">
            Sign up
          </DocumentLink>
        </p>
      </div>
    </main>
  );
}
