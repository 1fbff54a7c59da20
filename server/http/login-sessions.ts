import type { Role } from './grant.ts';
import { hashOfSecret, newId, newSecret } from './secret.ts';

/** A login unused for this long ends: a week, so that a tab left open over a holiday's weekend reconnects by itself. */
const IDLE_MS = 7 * 24 * 3_600_000;

/** Logins that are kept; the one unused for longest makes room (guess: many times the connections that are allowed). */
const MAX_SESSIONS = 1_024;

/** One login: one browser that proved to be allowed in. */
export interface LoginSession {
  readonly id: string;
  readonly role: Role;
  /** Who it is by the word of a proxy; undefined after a link or a password. */
  readonly identity?: string | undefined;
}

interface KeptSession extends LoginSession {
  usedAt: number;
}

/** The logins, by the hash of their cookie. In memory only: a restart logs everybody out. */
export class LoginSessions {
  readonly #now: () => number;
  /** In the order of their last use. */
  readonly #byHash = new Map<string, KeptSession>();
  readonly #open = new Set<string>();

  /** `now`: the time in milliseconds, from any origin, never falling. */
  constructor({ now }: { readonly now: () => number }) {
    this.#now = now;
  }

  /** Opens a session. `cookie` is its secret, 256 bits as base64url, handed out here and never again. */
  open(role: Role, identity?: string): { readonly cookie: string; readonly session: LoginSession } {
    const [[oldestHash, oldest] = []] = this.#byHash;
    if (oldestHash !== undefined && oldest !== undefined && this.#byHash.size >= MAX_SESSIONS) {
      this.#remove(oldestHash, oldest);
    }
    const cookie = newSecret();
    const session = { id: newId(), role, identity, usedAt: this.#now() };
    this.#byHash.set(hashOfSecret(cookie), session);
    this.#open.add(session.id);
    return { cookie, session };
  }

  /** The session of a cookie; finding it counts as use. */
  find(cookie: string): LoginSession | undefined {
    const hash = hashOfSecret(cookie);
    const session = this.#byHash.get(hash);
    if (session === undefined) return undefined;
    this.#byHash.delete(hash);
    if (this.#now() - session.usedAt >= IDLE_MS) {
      this.#open.delete(session.id);
      return undefined;
    }
    session.usedAt = this.#now();
    this.#byHash.set(hash, session);
    return session;
  }

  /** Whether the session still stands; what was handed out in its name is void otherwise. */
  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** Ends the session of a cookie and returns it. */
  close(cookie: string): LoginSession | undefined {
    const hash = hashOfSecret(cookie);
    const session = this.#byHash.get(hash);
    if (session !== undefined) this.#remove(hash, session);
    return session;
  }

  /** Ends the session of this name, whoever asks. */
  end(id: string): void {
    for (const [hash, session] of this.#byHash) {
      if (session.id === id) this.#remove(hash, session);
    }
  }

  #remove(hash: string, session: KeptSession): void {
    this.#byHash.delete(hash);
    this.#open.delete(session.id);
  }
}
