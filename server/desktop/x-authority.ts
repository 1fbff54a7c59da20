/**
 * Xauthority files (Xau(3)): a sequence of entries, all numbers big-endian.
 *
 * ```
 * family:u16  address:len16,bytes  display:len16,bytes  name:len16,bytes  data:len16,bytes
 * ```
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a client shows to an X server that wants to know who it is. */
export interface XCookie {
  /** The protocol; MIT-MAGIC-COOKIE-1, or empty for none. */
  readonly name: string;
  /** The secret, one character per byte. */
  readonly data: string;
}

/** Matches any address (FamilyWild of Xauth.h). */
const FAMILY_WILD = 0xffff;
const MAGIC_COOKIE = 'MIT-MAGIC-COOKIE-1';
const NO_COOKIE: XCookie = { name: '', data: '' };

/** One entry that opens any display of any host with this secret: for a server that reads only this file. */
export function encodeAuthority(secret: Uint8Array): Uint8Array {
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  return Buffer.concat([
    family,
    field(Buffer.alloc(0)),
    field(Buffer.alloc(0)),
    field(Buffer.from(MAGIC_COOKIE, 'latin1')),
    field(secret),
  ]);
}

function field(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * The cookie for a display of this machine: the first entry whose display number matches or is left open. A file that is
 * cut short counts as far as it goes.
 */
export function findCookie(file: Uint8Array, displayNumber: string): XCookie {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    offset += 2;
    const fields: string[] = [];
    for (let index = 0; index < 4; index++) {
      if (offset + 2 > bytes.length) return NO_COOKIE;
      const end = offset + 2 + bytes.readUInt16BE(offset);
      if (end > bytes.length) return NO_COOKIE;
      fields.push(bytes.toString('latin1', offset + 2, end));
      offset = end;
    }
    const [, display = '', name = '', data = ''] = fields;
    if (name === MAGIC_COOKIE && (display === '' || display === displayNumber)) {
      return { name, data };
    }
  }
  return NO_COOKIE;
}

/**
 * Reads the cookie for a display.
 *
 * @param authority path of the file; XAUTHORITY, then ~/.Xauthority, unless given
 * @returns no cookie when there is no file: a server may let its own user in without one
 * @throws the file system's error when the file is there and cannot be read
 */
export function readCookie(displayNumber: string, authority?: string): XCookie {
  const path = authority ?? process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority');
  try {
    return findCookie(readFileSync(path), displayNumber);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_COOKIE;
    throw error;
  }
}
