/** Counters of the door since it started; the HTTP door prints them at /metrics. */
export interface PgMetrics {
  /** Sockets open now. */
  connectionsOpen: number;
  /** Sockets accepted. */
  connectionsTotal: number;
  /** Sockets turned away: limit, shutdown. */
  connectionsRefused: number;
  /** Logins that ended in a session. */
  logins: number;
  /** Logins refused. */
  loginFailures: number;
  /** Frontend messages handled. */
  messages: number;
  /** Bytes of messages received, TLS not counted. */
  bytesIn: number;
  /** Bytes of messages sent, TLS not counted. */
  bytesOut: number;
  /** ErrorResponse messages sent. */
  errors: number;
  /** CancelRequest packets received. */
  cancelRequests: number;
}

export function createMetrics(): PgMetrics {
  return {
    connectionsOpen: 0,
    connectionsTotal: 0,
    connectionsRefused: 0,
    logins: 0,
    loginFailures: 0,
    messages: 0,
    bytesIn: 0,
    bytesOut: 0,
    errors: 0,
    cancelRequests: 0,
  };
}
