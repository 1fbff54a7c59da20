import { createHash, randomBytes } from 'node:crypto';

/** Length of tokens, tickets and cookies: 256 bits, out of reach of any guessing. */
const SECRET_BYTES = 32;

/** Length of the numbers of sessions and attempts: unique, not secret. */
const ID_BYTES = 12;

/** A fresh secret, 43 characters of base64url (RFC 4648, section 5). */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** A fresh number that only has to be unique. */
export function newId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/**
 * What is kept of a secret. Looking a secret up by its hash takes a time that says nothing about the secret, and a dump
 * of the memory's tables opens nothing.
 */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
