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
  /** Gives a user a password; makes the user, with the rights of `like`, when there is none. */
  provideUser(
    administrator: DatabaseCredentials,
    user: { readonly name: string; readonly password: string; readonly like: string },
  ): Promise<void>;
}

/** Longest wait for a database. */
export const CONNECT_TIMEOUT_MS = 10_000;
