import type { Grant, TicketTransport } from './grant.ts';
import type { LoginSession } from './login-sessions.ts';
import { hashOfSecret, newId, newSecret } from './secret.ts';

/** A ticket is fetched for a connection that is opened at once. */
export const TICKET_LIFETIME_MS = 15_000;

/** Unused tickets of one login, and of all; the oldest make room (guess: a client asks for three per attempt). */
const MAX_PER_SESSION = 24;
const PER_ATTEMPT = 3;
const MAX_TICKETS = 4_096;

/** By which clock tickets end, and which logins are open. */
export interface TicketsOptions {
  /** The time in milliseconds, from any origin, never falling. */
  now(): number;
  /** Whether a login still stands; a ticket of one that ended is refused. */
  isSessionOpen(id: string): boolean;
}

/** The tickets of one attempt to connect, one per transport. Never logged. */
export type IssuedTickets = Readonly<Record<TicketTransport, string>>;

interface KeptTicket {
  readonly grant: Grant;
  readonly transport: TicketTransport;
  readonly expiresAt: number;
}

/**
 * Single-use proofs that a connection belongs to a login: 256 bits, 15 s, bound to session, role, origin and transport. They are
 * needed because none of the requests that open a connection can be told from a forged one by its cookie alone.
 */
export class Tickets {
  readonly #options: TicketsOptions;
  /** By hash, oldest first. */
  readonly #open = new Map<string, KeptTicket>();

  constructor(options: TicketsOptions) {
    this.#options = options;
  }

  /** Makes the tickets of one attempt, for a page of `origin` that has `reached` this machine at these addresses. */
  issue({ id, role }: LoginSession, origin: string, reached?: readonly string[]): IssuedTickets {
    this.#makeRoom(id);
    const grant: Grant = {
      session: id,
      role,
      origin,
      attempt: newId(),
      ...(reached && { reached }),
    };
    const expiresAt = this.#options.now() + TICKET_LIFETIME_MS;
    const make = (transport: TicketTransport): string => {
      const ticket = newSecret();
      this.#open.set(hashOfSecret(ticket), { grant, transport, expiresAt });
      return ticket;
    };
    return {
      webSocket: make('webSocket'),
      webTransport: make('webTransport'),
      webRtc: make('webRtc'),
    };
  }

  /**
   * What a ticket grants, synchronously, or undefined for a wrong, used or expired one, or one of another transport. In any
   * case it is used up.
   */
  redeem(ticket: string, transport: TicketTransport): Grant | undefined {
    const hash = hashOfSecret(ticket);
    const found = this.#open.get(hash);
    this.#open.delete(hash);
    if (found?.transport !== transport) return undefined;
    if (this.#options.now() >= found.expiresAt) return undefined;
    return this.#options.isSessionOpen(found.grant.session) ? found.grant : undefined;
  }

  #makeRoom(session: string): void {
    const now = this.#options.now();
    const own: string[] = [];
    for (const [hash, ticket] of this.#open) {
      if (ticket.expiresAt <= now) this.#open.delete(hash);
      else if (ticket.grant.session === session) own.push(hash);
    }
    for (const hash of own.slice(0, Math.max(0, own.length + PER_ATTEMPT - MAX_PER_SESSION))) {
      this.#open.delete(hash);
    }
    for (const hash of this.#open.keys()) {
      if (this.#open.size + PER_ATTEMPT <= MAX_TICKETS) break;
      this.#open.delete(hash);
    }
  }
}
