import type { HttpLimits } from './http-limits.ts';

interface Entry {
  /** Waiting for (the rest of) a request, or being answered. */
  phase: 'waiting' | 'answering';
  /** When it is closed unless its phase changes. */
  deadline: number;
}

type LedgerLimits = Pick<
  HttpLimits,
  'maxUnauthenticatedSockets' | 'unauthenticatedTimeoutMs' | 'answerTimeoutMs'
>;

/**
 * The connections that have not shown a valid cookie. There are few of them and each has little time, so that somebody who opens
 * connections and says nothing, or says it slowly, cannot keep others from logging in.
 *
 * Pure: keys name connections, `now` is the time in milliseconds. Whoever a method returns has to be closed.
 */
export class SocketLedger {
  readonly #limits: LedgerLimits;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry>();

  constructor(limits: LedgerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A connection was made. Returns the one that has to go for it: the oldest that waits, or itself when none does. */
  opened(key: string, now: number): string | undefined {
    const isFull = this.#entries.size >= this.#limits.maxUnauthenticatedSockets;
    const victim = isFull ? (this.#oldestWaiting() ?? key) : undefined;
    if (victim !== undefined) this.#entries.delete(victim);
    if (victim !== key) this.#wait(key, now);
    return victim;
  }

  /** A request has arrived whole. */
  requested(key: string, now: number): void {
    if (!this.#entries.has(key)) return;
    this.#entries.set(key, { phase: 'answering', deadline: now + this.#limits.answerTimeoutMs });
  }

  /** Its answer is out. */
  answered(key: string, now: number): void {
    if (this.#entries.has(key)) this.#wait(key, now);
  }

  /** The connection has shown a valid cookie, or is closed: it is no concern of the ledger any more. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** The connections whose time is over. */
  expired(now: number): string[] {
    const keys = [...this.#entries]
      .filter(([, { deadline }]) => deadline <= now)
      .map(([key]) => key);
    for (const key of keys) this.#entries.delete(key);
    return keys;
  }

  #wait(key: string, now: number): void {
    const deadline = now + this.#limits.unauthenticatedTimeoutMs;
    this.#entries.set(key, { phase: 'waiting', deadline });
  }

  #oldestWaiting(): string | undefined {
    for (const [key, { phase }] of this.#entries) if (phase === 'waiting') return key;
    return undefined;
  }
}
