import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Role } from './grant.ts';

/** Octets of the parts of a cookie: its version, what the login is, Unix time in seconds, the login's number, the signature. */
const BYTES = { version: 1, kind: 1, time: 6, id: 12, signature: 32 } as const;
const SIGNED_BYTES = BYTES.version + BYTES.kind + BYTES.time + BYTES.id;
const COOKIE_BYTES = SIGNED_BYTES + BYTES.signature;

/** Another arrangement of the parts has another number, so that cookies of an older gateway are refused. */
const VERSION = 1;

/** Bits of the second octet. */
const CONTROLLER = 0x01;
const OUTLIVES = 0x02;

/** What a cookie says about a login, once its signature has been found right. */
export interface LoginClaim {
  /** Number of the login: 12 octets as base64url. */
  readonly id: string;
  readonly role: Role;
  /** When the login was opened: Unix time in milliseconds, of whole seconds. */
  readonly openedAt: number;
  /** Whether a gateway that does not know the login may take it over. */
  readonly outlives: boolean;
}

/** What logins are signed with; a gateway with the same takes them over. */
export interface LoginCookiesOptions {
  /** The secret of the settings; a fresh one unless given, so that no cookie of an earlier gateway is right. */
  readonly key?: string | undefined;
  /** With another password than before, cookies of before are wrong. */
  readonly password?: string | undefined;
}

/**
 * The cookies of logins: what the login is, signed by HMAC-SHA-256 (RFC 2104) with a key that no browser knows. A gateway that
 * is given the key of another reads the other's cookies.
 */
export class LoginCookies {
  /** Whether the key is one that another gateway can have too. */
  readonly isShared: boolean;
  readonly #key: Buffer;

  constructor({ key, password = '' }: LoginCookiesOptions = {}) {
    this.isShared = key !== undefined;
    const salt = createHash('sha256').update(password.normalize('NFC')).digest();
    this.#key = Buffer.from(
      hkdfSync('sha256', key ?? randomBytes(32), salt, 'oriel login cookie', 32),
    );
  }

  /** The cookie of a login: 70 characters of base64url. */
  seal({ id, role, openedAt, outlives }: LoginClaim): string {
    const head = Buffer.alloc(BYTES.version + BYTES.kind + BYTES.time);
    head[0] = VERSION;
    head[1] = (role === 'controller' ? CONTROLLER : 0) | (outlives ? OUTLIVES : 0);
    head.writeUIntBE(Math.floor(openedAt / 1_000), BYTES.version + BYTES.kind, BYTES.time);
    const signed = Buffer.concat([head, Buffer.from(id, 'base64url')]);
    return Buffer.concat([signed, this.#sign(signed)]).toString('base64url');
  }

  /** What a cookie says; undefined unless this key, or the same one elsewhere, has signed it. */
  read(cookie: string): LoginClaim | undefined {
    if (cookie.length !== Math.ceil((COOKIE_BYTES * 4) / 3)) return undefined;
    const bytes = Buffer.from(cookie, 'base64url');
    // Several texts stand for the same octets; only the one that was handed out counts.
    if (bytes.toString('base64url') !== cookie) return undefined;
    const signed = bytes.subarray(0, SIGNED_BYTES);
    if (!timingSafeEqual(this.#sign(signed), bytes.subarray(SIGNED_BYTES))) return undefined;
    const [version, kind = 0] = signed;
    if (version !== VERSION) return undefined;
    return {
      id: signed.subarray(-BYTES.id).toString('base64url'),
      role: (kind & CONTROLLER) === 0 ? 'viewer' : 'controller',
      openedAt: signed.readUIntBE(BYTES.version + BYTES.kind, BYTES.time) * 1_000,
      outlives: (kind & OUTLIVES) !== 0,
    };
  }

  #sign(signed: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(signed).digest();
  }
}
