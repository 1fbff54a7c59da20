import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';

/** How long the holder may be silent before somebody else can take control: three missed 2 s heartbeats. */
const LEASE_SILENCE = millisToMicros(millis(6_000));

/**
 * Who may type and point: at most one login session at a time. The lease outlives a dropped connection, so that a
 * controller who reconnects still has it, until it has been silent for 6 s *and* another session asks.
 */
export class ControlLease {
  #holder: string | undefined;
  #heardAt = 0 as Micros;

  /** Asks for control; true when `session` holds it afterwards. */
  claim(session: string, now: Micros): boolean {
    if (this.#holder !== undefined && this.#holder !== session) {
      if (now - this.#heardAt <= LEASE_SILENCE) return false;
    }
    this.#holder = session;
    this.#heardAt = now;
    return true;
  }

  /** Notes a sign of life of `session`; without effect unless it holds the lease. */
  heartbeat(session: string, now: Micros): void {
    if (this.#holder === session) this.#heardAt = now;
  }

  isHeldBy(session: string): boolean {
    return this.#holder === session;
  }

  /** Whether nobody has control. */
  get isFree(): boolean {
    return this.#holder === undefined;
  }

  /** Gives control back at once, as on logout. */
  release(session: string): void {
    if (this.#holder === session) this.#holder = undefined;
  }
}
