import { DEFAULT_FRAME_LIMITS, type FrameLimits } from '../pgproto/frame-reader.ts';

/** Every limit of the door. Sizes are bytes, times milliseconds. */
export interface Limits {
  readonly frames: FrameLimits;
  /** Open sockets, those that have not logged in included; past it 53300. The engine limits sessions on its own. */
  readonly connections: number;
  /** Text of a simple query or a Parse; past it 54000. */
  readonly statementBytes: number;
  /** Named prepared statements of one session; past it 53400. */
  readonly statements: number;
  /** Open portals of one session; past it 53400. */
  readonly portals: number;
  /** Text of a session's named statements, and values of its open portals, each; past it 53200. */
  readonly heldBytes: number;
  /** From accepting a socket to the end of its login. */
  readonly loginMs: number;
  /** Silence after which TCP asks whether the peer is still there. */
  readonly keepAliveMs: number;
  /** Time given to a peer to read the last error before its socket is destroyed. */
  readonly lingerMs: number;
}

/** The statement limit is Materialize's, the login time PostgreSQL's authentication_timeout. */
export const DEFAULT_LIMITS: Limits = {
  frames: DEFAULT_FRAME_LIMITS,
  connections: 10_000,
  statementBytes: 1_000_000,
  statements: 10_000,
  portals: 10_000,
  heldBytes: 64 * 1024 * 1024,
  loginMs: 60_000,
  keepAliveMs: 60_000,
  lingerMs: 2_000,
};
