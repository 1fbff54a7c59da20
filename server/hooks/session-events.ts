import type { ObservedViewer } from '../session/session-observer.ts';

/** What hooks and webhooks are told: no name, no address, no id but a number that counts sessions since the start. */
export interface SessionEvent {
  readonly event: 'connected' | 'disconnected';
  /** Counts sessions from 1; the same for both events of one. */
  readonly session: number;
  /** What the login may become: `controller` or `viewer`. */
  readonly role: string;
  /** The transport at that moment. */
  readonly transport: string;
  /** Sessions that are connected after it. */
  readonly sessions: number;
}

interface Known {
  readonly number: number;
  connections: number;
}

/** Makes sessions of connections: a page that moves between transports stays one. A pure core. */
export class SessionEvents {
  readonly #known = new Map<object, Known>();
  #count = 0;

  joined(viewer: ObservedViewer): SessionEvent | undefined {
    const known = this.#known.get(viewer.session);
    if (known !== undefined) {
      known.connections += 1;
      return undefined;
    }
    this.#count += 1;
    this.#known.set(viewer.session, { number: this.#count, connections: 1 });
    return this.#event('connected', viewer, this.#count);
  }

  left(viewer: ObservedViewer): SessionEvent | undefined {
    const known = this.#known.get(viewer.session);
    if (known === undefined) return undefined;
    known.connections -= 1;
    if (known.connections > 0) return undefined;
    this.#known.delete(viewer.session);
    return this.#event('disconnected', viewer, known.number);
  }

  #event(
    event: SessionEvent['event'],
    { role, transport }: ObservedViewer,
    session: number,
  ): SessionEvent {
    return { event, session, role, transport, sessions: this.#known.size };
  }
}
