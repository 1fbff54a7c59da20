import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/**
 * scrypt's cost (RFC 7914): 32 MiB and about 60 ms per guess on a current core. The limits of the login keep an attacker
 * from using it as a load.
 */
const COST: ScryptOptions = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** A longer text is no password; it is refused before any work is done for it. */
export const MAX_PASSWORD_CHARACTERS = 1_024;

/** The password that lets people in. Keeps a salted scrypt key of it, not the text. */
export class PasswordCheck {
  readonly #salt: Buffer;
  readonly #key: Promise<Buffer>;

  /**
   * Takes the password from the settings. Its key is made beside what goes on (0.12 s of processor time): a gateway that starts does
   * not wait for it, and whoever logs in at that moment does.
   */
  constructor(password: string) {
    this.#salt = randomBytes(SALT_BYTES);
    this.#key = derive(password, this.#salt);
    // Told to whoever asks first.
    this.#key.catch(() => undefined);
  }

  /** Whether `candidate` is the password; takes the same time either way. */
  async matches(candidate: string): Promise<boolean> {
    if (candidate.length > MAX_PASSWORD_CHARACTERS) return false;
    const [given, expected] = await Promise.all([derive(candidate, this.#salt), this.#key]);
    return timingSafeEqual(given, expected);
  }
}

/** Normalized, since keyboards of different systems compose the same letters differently (RFC 8265, section 4.2). */
function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
