/** Convex client of one session. Its authentication starts once and ends when the client is closed. */
import { type AuthTokenFetcher, ConvexReactClient } from "convex/react";

/** Retry interval after Convex rejected a token that the worker had issued. */
const REAUTHENTICATE_MS = 10_000;

/**
 * `ConvexProviderWithAuth` signs its client out when it unmounts. Here another provider may take the client
 * over, such as that of an error page, and pending mutations must not be sent without authentication between
 * the two.
 */
export class SessionClient extends ConvexReactClient {
  #provider: { onChange: (isAuthenticated: boolean) => void; onRefreshChange: (is: boolean) => void } | null =
    null;
  #isAuthenticated: boolean | null = null;
  #isStarted = false;
  #isClosed = false;

  override setAuth(
    fetchToken: AuthTokenFetcher,
    onChange: (isAuthenticated: boolean) => void = () => {},
    onRefreshChange: (isRefreshing: boolean) => void = () => {},
  ): void {
    this.#provider = { onChange, onRefreshChange };
    if (this.#isAuthenticated !== null) onChange(this.#isAuthenticated);
    if (!this.#isStarted) this.#authenticate(fetchToken);
  }

  #authenticate(fetchToken: AuthTokenFetcher): void {
    this.#isStarted = true;
    super.setAuth(
      fetchToken,
      (isAuthenticated) => {
        if (this.#isClosed) return;
        this.#isAuthenticated = isAuthenticated;
        this.#provider?.onChange(isAuthenticated);
        if (!isAuthenticated)
          setTimeout(() => this.#isClosed || this.#authenticate(fetchToken), REAUTHENTICATE_MS);
      },
      (isRefreshing) => this.#provider?.onRefreshChange(isRefreshing),
    );
  }

  override clearAuth(): void {
    this.#provider = null;
  }

  override close(): Promise<void> {
    this.#isClosed = true;
    return super.close();
  }
}
