import type { Role } from './grant.ts';
import { LoginCookies, type LoginClaim } from './login-cookies.ts';
import { newId } from './secret.ts';

/** A login unused for this long ends: a week, so that a tab left open over a holiday's weekend reconnects by itself. */
const IDLE_MS = 7 * 24 * 3_600_000;

/** Logins that are kept; the one unused for longest makes room (guess: many times the connections that are allowed). */
const MAX_SESSIONS = 1_024;

/** Ended logins that are remembered, so that their cookies stay void (guess: more than anybody opens in a week; 4 MB). */
const MAX_ENDED = 32_768;

/** How far another machine's clock may be ahead, in ms (guess: many times what NTP leaves). */
const CLOCK_SKEW_MS = 60_000;

/** One login: one browser that proved to be allowed in. */
export interface LoginSession {
  readonly id: string;
  readonly role: Role;
  /** Who it is by the word of a proxy; undefined after a link or a password. */
  readonly identity?: string | undefined;
}

interface KeptSession extends LoginSession {
  usedAt: number;
  /** How old the login was when another gateway's cookie brought it here, in ms; 0 for one that was opened here. */
  readonly broughtAgeMs: number;
}

/** The clocks of logins, and how they are remembered. */
export interface LoginSessionsOptions {
  /** The time in milliseconds, from any origin, never falling. */
  now(): number;
  /** Unix time in milliseconds. */
  readonly date?: () => number;
  /** Those of a fresh key unless given. */
  readonly cookies?: LoginCookies;
  /** How old a login may be at most that another gateway's cookie brings, in ms; a week unless less is given. */
  readonly maxAgeMs?: number;
}

/**
 * The logins, by the number in their cookie. They are in memory; a gateway whose cookies have a shared key also takes over those
 * that its predecessor opened. Not those of a proxy's word: the proxy says itself what they may do.
 */
export class LoginSessions {
  readonly #now: () => number;
  readonly #date: () => number;
  readonly #cookies: LoginCookies;
  readonly #maxAgeMs: number;
  /** In the order of their last use. */
  readonly #byId = new Map<string, KeptSession>();
  /** Numbers of logins that were ended here, oldest first. */
  readonly #ended = new Set<string>();
  /** Logins opened before are not taken over, Unix milliseconds: which of them were ended is no longer known. */
  #takenFrom = 0;

  constructor({ date, cookies, maxAgeMs, ...clock }: LoginSessionsOptions) {
    this.#now = () => clock.now();
    this.#date = date ?? Date.now;
    this.#cookies = cookies ?? new LoginCookies();
    this.#maxAgeMs = Math.min(maxAgeMs ?? IDLE_MS, IDLE_MS);
  }

  /** Opens a session. `cookie` is its secret, handed out here and never again. */
  open(role: Role, identity?: string): { readonly cookie: string; readonly session: LoginSession } {
    const session = this.#keep({ id: newId(), role, identity, broughtAgeMs: 0 });
    const outlives = this.#cookies.isShared && identity === undefined;
    const cookie = this.#cookies.seal({ id: session.id, role, openedAt: this.#date(), outlives });
    return { cookie, session };
  }

  /** The session of a cookie; finding it counts as use. */
  find(cookie: string): LoginSession | undefined {
    const claim = this.#cookies.read(cookie);
    if (claim === undefined) return undefined;
    const session = this.#byId.get(claim.id) ?? this.#takeOver(claim);
    if (session === undefined) return undefined;
    if (this.#now() - session.usedAt >= IDLE_MS) {
      this.end(session.id);
      return undefined;
    }
    session.usedAt = this.#now();
    this.#byId.delete(session.id);
    this.#byId.set(session.id, session);
    return session;
  }

  /** Whether the session still stands; what was handed out in its name is void otherwise. */
  isOpen(id: string): boolean {
    return this.#byId.has(id);
  }

  /** How old a login was when it was taken over from another gateway, in ms; 0 for one that was opened here. */
  broughtAgeMs(id: string): number {
    return this.#byId.get(id)?.broughtAgeMs ?? 0;
  }

  /** Ends the session of a cookie and returns it. */
  close(cookie: string): LoginSession | undefined {
    const claim = this.#cookies.read(cookie);
    if (claim === undefined) return undefined;
    const session = this.#byId.get(claim.id);
    this.end(claim.id);
    return session;
  }

  /** Ends the session of this name, whoever asks. */
  end(id: string): void {
    this.#byId.delete(id);
    if (this.#ended.size >= MAX_ENDED) {
      this.#ended.clear();
      this.#takenFrom = this.#date() + CLOCK_SKEW_MS;
    }
    this.#ended.add(id);
  }

  #takeOver(claim: LoginClaim): KeptSession | undefined {
    const age = this.#date() - claim.openedAt;
    if (!claim.outlives || this.#ended.has(claim.id)) return undefined;
    if (claim.openedAt < this.#takenFrom || age < -CLOCK_SKEW_MS) return undefined;
    if (age >= this.#maxAgeMs) return undefined;
    return this.#keep({ id: claim.id, role: claim.role, broughtAgeMs: Math.max(0, age) });
  }

  #keep(session: Omit<KeptSession, 'usedAt'>): KeptSession {
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined && this.#byId.size >= MAX_SESSIONS) this.end(oldest);
    const kept = { ...session, usedAt: this.#now() };
    this.#byId.set(kept.id, kept);
    return kept;
  }
}
