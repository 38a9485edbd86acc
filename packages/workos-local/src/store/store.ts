/** All stored state: one repository per type, in one database. */
import { Database } from "./database.ts";
import { Events } from "./events.ts";
import { Faults } from "./faults.ts";
import { Invitations } from "./invitation-store.ts";
import { OneTimeTokens } from "./one-time-tokens.ts";
import { Organizations } from "./organization-store.ts";
import { Outbox } from "./outbox.ts";
import { Sessions } from "./session-store.ts";
import { SettingsStore } from "./settings.ts";
import { SigningKeys } from "./signing-keys.ts";
import { Users } from "./user-store.ts";

export type Store = {
  users: Users;
  sessions: Sessions;
  organizations: Organizations;
  invitations: Invitations;
  outbox: Outbox;
  oneTimeTokens: OneTimeTokens;
  signingKeys: SigningKeys;
  events: Events;
  faults: Faults;
  settings: SettingsStore;
  transaction<Result>(work: () => Result): Result;
  close(): void;
};

/**
 * Opens the stored state. Seeds a new database.
 *
 * @param file - Path of the database.
 * @param seed - Called once for a new file, in the transaction that marks it as seeded.
 */
export function openStore(file: string, seed: (store: Store) => void): Store {
  const db = new Database(file);
  const store: Store = {
    users: new Users(db),
    sessions: new Sessions(db),
    organizations: new Organizations(db),
    invitations: new Invitations(db),
    outbox: new Outbox(db),
    oneTimeTokens: new OneTimeTokens(db),
    signingKeys: new SigningKeys(db),
    events: new Events(db),
    faults: new Faults(db),
    settings: new SettingsStore(db),
    transaction: (work) => db.transaction(work),
    close: () => db.close(),
  };
  db.transaction(() => {
    if (db.first("select 1 from settings where name = 'seeded'")) return;
    seed(store);
    db.run("insert into settings values ('seeded', 'true')");
  });
  return store;
}
