import type { Role } from './roles.ts';

/** Who connects, as the ticket says. */
export interface Admission {
  /** The login session; its newest connection replaces the older ones. */
  readonly session: string;
  /** What the login may become. */
  readonly role: Role;
  /** One attempt to connect: a client races its transports with tickets of the same attempt, and one of them wins. */
  readonly attempt: string;
}
