import { describe, expect, test } from 'vitest';
import { planKey, planText, type PlanState } from '../../../server/desktop/key-plan.ts';
import { germanKeymap, Mod, russianKeymap, usKeymap } from './keymaps.ts';

const state = (held = 0, locked = 0): PlanState => ({ held, locked, group: 0 });
const hold = (keycode: number) => ({ type: 'hold', keycode });
const tap = (keycode: number, add = 0, remove = 0) => ({ type: 'tap', keycode, add, remove });

describe('a character', () => {
  test('that the physical key produces is that key', () => {
    expect(planKey(usKeymap(), state(), { code: 30, keysym: 0x61 })).toEqual(hold(38));
    expect(planKey(usKeymap(), state(Mod.shift), { code: 30, keysym: 0x41 })).toEqual(hold(38));
  });

  test('that another key produces is that other key', () => {
    expect(planKey(usKeymap(), state(), { code: 16, keysym: 0x61 })).toEqual(hold(38));
  });

  test('on another level changes Shift and AltGr for one tap', () => {
    // German ? is Shift+ß, German / is Shift+7, German @ is AltGr+Q.
    expect(planKey(usKeymap(), state(Mod.shift), { code: 12, keysym: 0x3f })).toEqual(hold(61));
    expect(planKey(usKeymap(), state(Mod.shift), { code: 8, keysym: 0x2f })).toEqual(
      tap(61, 0, Mod.shift),
    );
    expect(planKey(usKeymap(), state(Mod.level3), { code: 16, keysym: 0x40 })).toEqual(
      tap(11, Mod.shift, Mod.level3),
    );
    expect(planKey(germanKeymap(), state(Mod.shift), { code: 3, keysym: 0x40 })).toEqual(
      tap(24, Mod.level3, Mod.shift),
    );
  });

  test('that no key has goes on a spare keycode', () => {
    const plan = planKey(usKeymap(), state(), { code: 12, keysym: 0xdf });
    expect(plan).toEqual({ type: 'spare', keysym: 0xdf });
  });

  test('comes out right under Caps Lock', () => {
    const locked = state(0, Mod.lock);
    expect(planKey(usKeymap(), locked, { code: 30, keysym: 0x41 })).toEqual(hold(38));
    expect(planKey(usKeymap(), locked, { code: 30, keysym: 0x61 })).toEqual(tap(38, Mod.shift));
  });

  test('of the keypad needs Shift without Num Lock', () => {
    expect(planKey(usKeymap(), state(), { code: 79, keysym: 0xffb1 })).toEqual(tap(87, Mod.shift));
    const numLock = state(0, Mod.numLock);
    expect(planKey(usKeymap(), numLock, { code: 79, keysym: 0xffb1 })).toEqual(hold(87));
  });
});

describe('a shortcut', () => {
  const control = state(Mod.control);

  test('goes by meaning where the layout has the letter', () => {
    expect(planKey(usKeymap(), control, { code: 16, keysym: 0x61 })).toEqual(hold(38));
  });

  test('goes by place where it does not', () => {
    expect(planKey(russianKeymap(), control, { code: 46, keysym: 0x63 })).toEqual(hold(54));
    expect(planKey(usKeymap(), control, { code: 46, keysym: 0x6d3 })).toEqual(hold(54));
  });

  test('does not mind the case, which Caps Lock of the client changes', () => {
    expect(planKey(usKeymap(), control, { code: 46, keysym: 0x43 })).toEqual(hold(54));
  });

  test('keeps its modifiers when the character needs another level', () => {
    const plan = planKey(usKeymap(), state(Mod.control | Mod.shift), { code: 8, keysym: 0x2f });
    expect(plan).toEqual(tap(61, 0, Mod.shift));
  });
});

describe('a key that types nothing', () => {
  test('goes by place where the meaning is there', () => {
    // Shift+Tab produces ISO_Left_Tab, and is Tab all the same.
    expect(planKey(usKeymap(), state(Mod.shift), { code: 15, keysym: 0xff09 })).toEqual(hold(23));
  });

  test('goes by meaning where the place means something else', () => {
    expect(planKey(usKeymap(), state(), { code: 100, keysym: 0xfe03 })).toEqual(hold(92));
    expect(planKey(usKeymap(), state(), { code: 58, keysym: 0xffe3 })).toEqual(hold(37));
  });

  test('falls back to its twin on the left, then to the place', () => {
    expect(planKey(germanKeymap(), state(), { code: 100, keysym: 0xffea })).toEqual(hold(64));
    expect(planKey(usKeymap(), state(), { code: 59, keysym: 0xffbe })).toEqual(hold(67));
  });

  test('of the keypad depends on Num Lock', () => {
    const numLock = state(0, Mod.numLock);
    expect(planKey(usKeymap(), state(), { code: 79, keysym: 0xff9c })).toEqual(hold(87));
    expect(planKey(usKeymap(), numLock, { code: 79, keysym: 0xff9c })).toEqual(tap(87, Mod.shift));
  });

  test('without a known meaning is its place, without a place nothing', () => {
    expect(planKey(usKeymap(), state(), { code: 30, keysym: 0 })).toEqual(hold(38));
    expect(planKey(usKeymap(), state(), { code: 0, keysym: 0 })).toEqual({ type: 'ignore' });
    expect(planKey(usKeymap(), state(), { code: 700, keysym: 0 })).toEqual({ type: 'ignore' });
  });

  test('is ignored when it only waits for the next (dead keys)', () => {
    const plan = planKey(usKeymap(), state(), { code: 13, keysym: 0xfe51 });
    expect(plan).toEqual({ type: 'ignore' });
  });
});

describe('a character of a text', () => {
  test('lets go of everything that would change it', () => {
    const held = state(Mod.control | Mod.alt);
    expect(planText(usKeymap(), held, 0x61)).toEqual(tap(38, 0, Mod.control | Mod.alt));
    expect(planText(usKeymap(), state(), 0x41)).toEqual(tap(38, Mod.shift));
    expect(planText(usKeymap(), state(), 0xff0d)).toEqual(tap(36));
  });
});
