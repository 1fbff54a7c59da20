/** Attempts to log in that one address may make in a minute, and that all may make at the password together. */
export const ATTEMPTS_PER_ADDRESS = 10;
export const ATTEMPTS_PER_PASSWORD = 5;
const PERIOD_MS = 60_000;

/** Addresses that are remembered; under an attack from more, the oldest are forgotten (about 100 B each). */
const MAX_ADDRESSES = 10_000;
const MAX_KNOWN_ADDRESSES = 1_000;

/** Whether an attempt may be made now; `delayed` says in how many milliseconds the next one may. */
export type AttemptOutcome =
  { readonly type: 'allowed' } | { readonly type: 'delayed'; readonly retryAfterMs: number };

/** What is tried: a token cannot be guessed, so only the password has a limit of its own. */
export interface LoginAttempt {
  readonly address: string;
  readonly kind: 'token' | 'password';
}

/**
 * Slows down guessing. Nobody is locked out: attempts come back at an even pace, an address from which the password was right
 * before is not held up by the guesses of others, and links work whatever happens to the password.
 *
 * Pure: `now` is the time in milliseconds, from any origin, never falling.
 */
export class LoginThrottle {
  readonly #addresses = new Pace(ATTEMPTS_PER_ADDRESS, MAX_ADDRESSES);
  readonly #password = new Pace(ATTEMPTS_PER_PASSWORD, 1);
  /** Addresses from which the password was right, the latest last. */
  readonly #known = new Set<string>();

  /** Counts an attempt before it is checked, so that attempts at the same time count as well. */
  attempt({ address, kind }: LoginAttempt, now: number): AttemptOutcome {
    const key = addressKey(address);
    const isPaced = kind === 'password' && !this.#known.has(key);
    const waitMs = Math.max(
      this.#addresses.waitMs(key, now),
      isPaced ? this.#password.waitMs('', now) : 0,
    );
    if (waitMs > 0) return { type: 'delayed', retryAfterMs: waitMs };
    this.#addresses.take(key, now);
    if (isPaced) this.#password.take('', now);
    return { type: 'allowed' };
  }

  /** The attempt was right: it does not count, and the address is known from now on. */
  succeeded({ address, kind }: LoginAttempt): void {
    const key = addressKey(address);
    this.#addresses.giveBack(key);
    if (kind === 'token') return;
    if (!this.#known.delete(key)) this.#password.giveBack('');
    this.#known.add(key);
    const [oldest] = this.#known;
    if (oldest !== undefined && this.#known.size > MAX_KNOWN_ADDRESSES) this.#known.delete(oldest);
  }
}

/**
 * The party that an address stands for: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one has all
 * of its network (RFC 6177).
 */
export function addressKey(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** `perPeriod` attempts at once, then one each period / perPeriod (the generic cell rate algorithm). */
class Pace {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #maxKeys: number;
  /** When the key's attempts would be all back, in the order of the first attempt. */
  readonly #recoveredAt = new Map<string, number>();

  constructor(perPeriod: number, maxKeys: number) {
    this.#intervalMs = PERIOD_MS / perPeriod;
    this.#burstMs = PERIOD_MS - this.#intervalMs;
    this.#maxKeys = maxKeys;
  }

  waitMs(key: string, now: number): number {
    return Math.max(0, (this.#recoveredAt.get(key) ?? now) - now - this.#burstMs);
  }

  take(key: string, now: number): void {
    if (!this.#recoveredAt.has(key)) this.#makeRoom(now);
    this.#recoveredAt.set(key, Math.max(this.#recoveredAt.get(key) ?? now, now) + this.#intervalMs);
  }

  giveBack(key: string): void {
    const at = this.#recoveredAt.get(key);
    if (at !== undefined) this.#recoveredAt.set(key, at - this.#intervalMs);
  }

  #makeRoom(now: number): void {
    if (this.#recoveredAt.size < this.#maxKeys) return;
    for (const [key, at] of this.#recoveredAt) if (at <= now) this.#recoveredAt.delete(key);
    const [oldest] = this.#recoveredAt.keys();
    if (oldest !== undefined && this.#recoveredAt.size >= this.#maxKeys) {
      this.#recoveredAt.delete(oldest);
    }
  }
}
