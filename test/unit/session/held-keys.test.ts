import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { micros } from '../../../protocol/time.ts';
import { HeldKeys } from '../../../server/session/held-keys.ts';

const key = (code: number, pressed: boolean): InputEvent => ({
  type: 'key',
  code,
  keysym: 0,
  pressed,
});
const button = (number: number, pressed: boolean): InputEvent => ({
  type: 'button',
  button: number,
  pressed,
});
const at = micros(0);

describe('HeldKeys', () => {
  it('releases every key and button once', () => {
    const held = new HeldKeys();
    held.apply(key(42, true), at);
    held.apply(key(30, true), at);
    held.apply(button(0, true), at);
    held.apply(key(30, false), at);
    expect(held.releaseAll()).toEqual([key(42, false), button(0, false)]);
    expect(held.releaseAll()).toEqual([]);
  });

  it('does not pass on the release of a key that is not held', () => {
    const held = new HeldKeys();
    expect(held.apply(key(42, false), at)).toEqual([]);
  });

  it('releases what a snapshot does not list, and presses nothing', () => {
    const held = new HeldKeys();
    held.apply(key(42, true), at);
    held.apply(key(30, true), at);
    held.apply(button(2, true), at);
    const released = held.apply({ type: 'heldKeys', codes: [30, 31], buttons: 0b100 }, at);
    expect(released).toEqual([key(42, false)]);
    expect(held.releaseAll()).toEqual([key(30, false), button(2, false)]);
  });

  it('is silent only while something is held, after more than 1 s without a sign of life', () => {
    const held = new HeldKeys();
    expect(held.isSilent(micros(5_000_000))).toBe(false);
    held.apply(key(42, true), at);
    expect(held.isSilent(micros(1_000_000))).toBe(false);
    expect(held.isSilent(micros(1_000_001))).toBe(true);
    held.heard(micros(900_000));
    expect(held.isSilent(micros(1_900_000))).toBe(false);
  });

  it('holds at most 64 keys', () => {
    const held = new HeldKeys();
    for (let code = 1; code <= 64; code += 1) held.apply(key(code, true), at);
    expect(held.apply(key(65, true), at)).toEqual([]);
    expect(held.releaseAll()).toHaveLength(64);
  });
});
