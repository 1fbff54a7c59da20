import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeAuthority, findCookie, readCookie } from '../../../server/desktop/x-authority.ts';

const secret = Uint8Array.of(0, 1, 254, 255);
const cookie = { name: 'MIT-MAGIC-COOKIE-1', data: '\u0000\u0001\u00fe\u00ff' };

/** An entry as xauth(1) writes it for `host/unix:7`. */
const entryFor7 = Buffer.from(
  '0100' + '0004686f7374' + '000137' + '00124d49542d4d414749432d434f4f4b49452d31' + '00020a0b',
  'hex',
);

describe('an Xauthority file', () => {
  test('of our own opens any display', () => {
    expect(Buffer.from(encodeAuthority(secret)).toString('hex')).toBe(
      'ffff' + '0000' + '0000' + '00124d49542d4d414749432d434f4f4b49452d31' + '00040001feff',
    );
    expect(findCookie(encodeAuthority(secret), '42')).toEqual(cookie);
  });

  test('is searched for the number of the display', () => {
    const file = Buffer.concat([entryFor7, encodeAuthority(secret)]);
    expect(findCookie(file, '7').data).toBe('\n\u000b');
    expect(findCookie(file, '8')).toEqual(cookie);
    expect(findCookie(entryFor7, '8')).toEqual({ name: '', data: '' });
  });

  test('that is cut short anywhere counts as far as it goes', () => {
    for (let length = 0; length < entryFor7.length; length++) {
      expect(findCookie(entryFor7.subarray(0, length), '7').data).toBe('');
    }
  });

  test('that is missing means no cookie, one that cannot be read is an error', () => {
    const directory = mkdtempSync(join(tmpdir(), 'oriel-auth-'));
    expect(readCookie('1', join(directory, 'none'))).toEqual({ name: '', data: '' });
    writeFileSync(join(directory, 'file'), encodeAuthority(secret));
    expect(readCookie('1', join(directory, 'file'))).toEqual(cookie);
    expect(() => readCookie('1', directory)).toThrow('EISDIR');
    rmSync(directory, { recursive: true });
  });
});
