import type { Role } from './grant.ts';
import { hashOfSecret, newSecret } from './secret.ts';

/** Links that may be open at once; the oldest is dropped for one more (guess: nobody hands out more in two minutes). */
const MAX_OPEN_TOKENS = 64;

/** How long a token lets somebody in, by which clock. */
export interface LoginTokensOptions {
  /** The time in milliseconds, from any origin, never falling. */
  now(): number;
  readonly lifetimeSeconds: number;
}

/** A token as it is handed out, once. */
export interface IssuedToken {
  /** 256 bits as base64url: the part after `#token=` of a link. Never logged. */
  readonly token: string;
  /** When it ends, in milliseconds of the same clock as `now`. */
  readonly expiresAt: number;
}

/** One-time tokens of login links. Only their hashes are kept; each opens one session and is gone. */
export class LoginTokens {
  readonly #options: LoginTokensOptions;
  readonly #open = new Map<string, { readonly role: Role; readonly expiresAt: number }>();

  constructor(options: LoginTokensOptions) {
    this.#options = options;
  }

  get lifetimeSeconds(): number {
    return this.#options.lifetimeSeconds;
  }

  /** Makes a token; a controller's unless told otherwise. */
  issue(role: Role = 'controller'): IssuedToken {
    const now = this.#options.now();
    for (const [hash, { expiresAt }] of this.#open) if (expiresAt <= now) this.#open.delete(hash);
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= MAX_OPEN_TOKENS) this.#open.delete(oldest);

    const token = newSecret();
    const expiresAt = now + this.#options.lifetimeSeconds * 1000;
    this.#open.set(hashOfSecret(token), { role, expiresAt });
    return { token, expiresAt };
  }

  /** The role that a token gives, or undefined for a wrong, used or expired one; in any case it is used up. */
  redeem(token: string): Role | undefined {
    const hash = hashOfSecret(token);
    const found = this.#open.get(hash);
    this.#open.delete(hash);
    return found !== undefined && this.#options.now() < found.expiresAt ? found.role : undefined;
  }
}
