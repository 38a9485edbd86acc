/** Settings that tests can change while the emulator runs, instead of WorkOS's dashboard. */
import type { Database } from "./database.ts";

export type Settings = {
  /** Lifetime of an access token in seconds; null for that of the start. */
  accessTokenSeconds: number | null;
  /** How long a used refresh token gets the same response, in seconds; null for that of the start. */
  refreshReplaySeconds: number | null;
  /** Registered redirect URIs; null for any loopback address. */
  redirectUris: string[] | null;
  /** The `iss` claim; null for the address of the request with `/user_management/{client id}`. */
  issuer: string | null;
  /** Claims to set in access tokens; null removes one. WorkOS documents tokens without `client_id`, for example. */
  claims: Record<string, unknown> | null;
};

export const DEFAULT_SETTINGS: Settings = {
  accessTokenSeconds: null,
  refreshReplaySeconds: null,
  redirectUris: null,
  issuer: null,
  claims: null,
};

/** Stored settings. */
export class SettingsStore {
  readonly #db: Database;
  #settings: Settings;

  constructor(db: Database) {
    this.#db = db;
    const row = db.first<{ value: string }>("select value from settings where name = 'settings'");
    this.#settings = row ? { ...DEFAULT_SETTINGS, ...JSON.parse(row.value) } : DEFAULT_SETTINGS;
  }

  get(): Settings {
    return this.#settings;
  }

  set(settings: Settings): void {
    this.#db.run(
      `insert into settings values ('settings', :value) on conflict (name) do update set value = excluded.value`,
      { value: JSON.stringify(settings) },
    );
    this.#settings = settings;
  }
}
