/** What rotation does with a database, whichever it is. */
import type { DatabaseCredentials } from './credentials.ts';

export interface DatabaseEngine {
  readonly engines: readonly string[];
  readonly port: number;
  /** Longest name of a user. */
  readonly maxUserLength: number;
  /** Whether the credentials let one in. Rejects when the database cannot be reached at all. */
  canLogIn(credentials: DatabaseCredentials): Promise<boolean>;
  /** Gives the user of the credentials another password. */
  changeOwnPassword(credentials: DatabaseCredentials, password: string): Promise<void>;
  /** Gives a user the rights of `like` and a password; makes the user when there is none. May be repeated after a failure. */
  provideUser(
    administrator: DatabaseCredentials,
    user: { readonly name: string; readonly password: string; readonly like: string },
  ): Promise<void>;
}

/** Longest wait for a database. */
export const CONNECT_TIMEOUT_MS = 10_000;
