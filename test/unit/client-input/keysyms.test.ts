import { describe, expect, test } from 'vitest';
import { keysymOf, keysymOfCodePoint } from '../../../client/input/keysyms.ts';

const STANDARD = 0;
const LEFT = 1;
const RIGHT = 2;
const NUMPAD = 3;
const keysym = (key: string, code = '', location = STANDARD): number =>
  keysymOf({ key, code, location });

describe('keysymOf', () => {
  test.each([
    ['a', 0x61],
    ['A', 0x41],
    [' ', 0x20],
    ['~', 0x7e],
    ['\u00a0', 0xa0],
    ['ä', 0xe4],
    ['ÿ', 0xff],
    ['Ā', 0x0100_0100],
    ['€', 0x0100_20ac],
    ['я', 0x0100_044f],
    ['😀', 0x0101_f600],
  ])('character %s', (key, expected) => {
    expect(keysym(key)).toBe(expected);
  });

  test('a decomposed character counts as its composed form', () => {
    expect(keysym('e\u0301')).toBe(0xe9);
  });

  test.each([
    ['Enter', 0xff0d],
    ['Escape', 0xff1b],
    ['F1', 0xffbe],
    ['F12', 0xffc9],
    ['F24', 0xffd5],
    ['AltGraph', 0xfe03],
    ['Delete', 0xffff],
    ['MediaPlayPause', 0x1008ff14],
  ])('named key %s', (key, expected) => {
    expect(keysym(key)).toBe(expected);
  });

  test('modifiers tell left from right by location and by code', () => {
    expect(keysym('Shift', 'ShiftLeft', LEFT)).toBe(0xffe1);
    expect(keysym('Shift', 'ShiftRight', RIGHT)).toBe(0xffe2);
    expect(keysym('Control', 'ControlRight', STANDARD)).toBe(0xffe4);
    expect(keysym('Meta', 'MetaLeft', LEFT)).toBe(0xffeb);
  });

  test('Shift+Alt that a layout calls Meta stays Alt', () => {
    expect(keysym('Meta', 'AltLeft', LEFT)).toBe(0xffe9);
  });

  test('the number pad has its own keysyms, with and without NumLock', () => {
    expect(keysym('7', 'Numpad7', NUMPAD)).toBe(0xffb7);
    expect(keysym('Home', 'Numpad7', NUMPAD)).toBe(0xff95);
    expect(keysym('Enter', 'NumpadEnter', NUMPAD)).toBe(0xff8d);
    expect(keysym('.', 'NumpadDecimal', NUMPAD)).toBe(0xffae);
    expect(keysym(',', 'NumpadDecimal', NUMPAD)).toBe(0xffac);
    expect(keysym('7', 'Digit7')).toBe(0x37);
  });

  test('combining characters are dead keys', () => {
    expect(keysym('\u0301')).toBe(0xfe51);
    expect(keysym('\u0308')).toBe(0xfe57);
  });

  test.each(['Dead', 'Process', 'Unidentified', '', 'F36', 'NoSuchKey'])(
    '%s means nothing',
    (key) => {
      expect(keysym(key)).toBe(0);
    },
  );

  test('control characters and surrogates have no keysym', () => {
    for (const codePoint of [0, 0x1f, 0x7f, 0x9f, 0xd800, 0xdfff, 0x110000]) {
      expect(keysymOfCodePoint(codePoint)).toBe(0);
    }
  });
});
