import { describe, expect, test } from 'vitest';
import {
  canonicalKeysym,
  codePointOf,
  isLockingKeysym,
  keysymOfCodePoint,
  lowerKeysym,
  upperKeysym,
} from '../../../server/desktop/keysym.ts';

describe('the character of a keysym', () => {
  // keysymdef.h gives the code points in its comments.
  test.each([
    [0x61, 'a', 'a'],
    [0xe9, 'eacute', 'é'],
    [0x1b1, 'aogonek', 'ą'],
    [0x2a1, 'Hstroke', 'Ħ'],
    [0x3bf, 'eng', 'ŋ'],
    [0x5c7, 'Arabic_alef', 'ا'],
    [0x6c1, 'Cyrillic_a', 'а'],
    [0x6e1, 'Cyrillic_A', 'А'],
    [0x6c0, 'Cyrillic_yu', 'ю'],
    [0x7c1, 'Greek_ALPHA', 'Α'],
    [0x7d1, 'Greek_RHO', 'Ρ'],
    [0x7d2, 'Greek_SIGMA', 'Σ'],
    [0x7d9, 'Greek_OMEGA', 'Ω'],
    [0x7f2, 'Greek_sigma', 'σ'],
    [0x7f3, 'Greek_finalsmallsigma', 'ς'],
    [0x7f9, 'Greek_omega', 'ω'],
    [0xaae, 'ellipsis', '…'],
    [0xce0, 'hebrew_aleph', 'א'],
    [0xda1, 'Thai_kokai', 'ก'],
    [0x13bd, 'oe', 'œ'],
    [0x20ac, 'EuroSign', '€'],
    [0x100_20ac, 'U20AC', '€'],
    [0x101_f600, 'U1F600', '😀'],
    [0xffb7, 'KP_7', '7'],
    [0xffab, 'KP_Add', '+'],
    [0xffbd, 'KP_Equal', '='],
  ])('0x%s %s', (keysym, _name, character) => {
    expect(codePointOf(keysym)).toBe(character.codePointAt(0));
  });

  test.each([0xff0d, 0xffe1, 0xfe51, 0xff9c, 0x1008ff11, 0])('0x%s has none', (keysym) => {
    expect(codePointOf(keysym)).toBeUndefined();
  });

  test('two names of one character are one', () => {
    expect(canonicalKeysym(0x20ac)).toBe(canonicalKeysym(0x100_20ac));
    expect(canonicalKeysym(0xff9c)).toBe(0xff57);
  });
});

test('control characters have no keysym of their own', () => {
  expect(keysymOfCodePoint(0x0a)).toBe(0);
  expect(keysymOfCodePoint(0x80)).toBe(0);
  expect(keysymOfCodePoint(0xe9)).toBe(0xe9);
  expect(keysymOfCodePoint(0x4e2d)).toBe(0x100_4e2d);
});

test('letters change their case, others do not', () => {
  expect(upperKeysym(0xe9)).toBe(0xc9);
  expect(lowerKeysym(0x6e1)).toBe(0x100_0430);
  // ß would become two letters.
  expect(upperKeysym(0xdf)).toBe(0xdf);
  expect(upperKeysym(0x31)).toBe(0x31);
  expect(upperKeysym(0xffb1)).toBe(0xffb1);
});

test('what locks, and what is only held', () => {
  expect([0xffe5, 0xff7f, 0xfe08, 0xfe02].every(isLockingKeysym)).toBe(true);
  expect([0xffe1, 0xffe3, 0xfe03, 0xff0d].some(isLockingKeysym)).toBe(false);
});
