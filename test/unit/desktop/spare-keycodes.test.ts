import { describe, expect, test } from 'vitest';
import { Keymap } from '../../../server/desktop/keymap.ts';
import { SpareKeycodes } from '../../../server/desktop/spare-keycodes.ts';

const nothingHeld = (): boolean => false;

/** A keyboard with two keycodes to spare, 8 and 9. */
function twoSpares(): SpareKeycodes {
  const spares = new SpareKeycodes();
  spares.reset(new Keymap(new Map()), 8, 9);
  return spares;
}

describe('spare keycodes', () => {
  test('are lent while there are any', () => {
    const spares = twoSpares();
    expect(spares.take(0x100_4e2d, 0, nothingHeld)).toMatchObject({ type: 'assign', keycode: 9 });
    expect(spares.take(0xe9, 0, nothingHeld)).toMatchObject({
      type: 'assign',
      keycode: 8,
      keysyms: [0xe9, 0xc9],
    });
  });

  test('are lent again in the order of their last use, and not too early', () => {
    const spares = twoSpares();
    spares.take(0xdf, 0, nothingHeld);
    spares.take(0xe9, 10, nothingHeld);
    spares.used(9, 20);
    expect(spares.take(0xe0, 50, nothingHeld)).toEqual({ type: 'wait', ms: 110 });
    expect(spares.take(0xe0, 160, nothingHeld)).toMatchObject({ type: 'assign', keycode: 8 });
    expect(spares.take(0xe1, 170, nothingHeld)).toMatchObject({ type: 'assign', keycode: 9 });
  });

  test('keep their meaning while they are down', () => {
    const spares = twoSpares();
    spares.take(0xdf, 0, nothingHeld);
    spares.take(0xe9, 0, nothingHeld);
    const held = (keycode: number): boolean => keycode === 9;
    expect(spares.take(0xe0, 1_000, held)).toMatchObject({ keycode: 8 });
    expect(spares.take(0xe1, 2_000, () => true)).toEqual({ type: 'none' });
  });

  test('survive a new keymap that still has them', () => {
    const spares = twoSpares();
    const first = spares.take(0xdf, 0, nothingHeld);
    spares.take(0xe9, 0, nothingHeld);
    if (first.type !== 'assign') throw new Error('expected a keycode');
    spares.reset(new Keymap(new Map([[9, first.entry]])), 8, 9);
    expect([spares.isLent(9), spares.isLent(8)]).toEqual([true, false]);
    expect(spares.giveBack()).toEqual([9]);
  });

  test('are none on a full keyboard', () => {
    expect(new SpareKeycodes().take(0xdf, 0, nothingHeld)).toEqual({ type: 'none' });
  });
});
