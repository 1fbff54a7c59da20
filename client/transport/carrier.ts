import type { Connection } from './connection.ts';
import type { TransportKind } from './transport.ts';

/** A connection that carries the session. */
export interface Carrier {
  readonly connection: Connection;
  readonly kind: TransportKind;
  /** `session` of its HELLO_ACK. */
  readonly session: string;
}

/** How a connection is opened, alone or beside another one. */
export interface OpenOptions {
  readonly signal: AbortSignal;
  /** Whether somebody waits for it: the user, or a page that has shown nothing yet. */
  readonly isAwaited: boolean;
}
