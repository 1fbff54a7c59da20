import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import type { KeyFacts, KeyboardPlatform } from '../../../client/input/keyboard-facts.ts';
import { KeyboardState } from '../../../client/input/keyboard-state.ts';

const keys = fc.constantFrom(
  ['KeyA', 'a'],
  ['KeyL', '@'],
  ['ArrowLeft', 'ArrowLeft'],
  ['ShiftLeft', 'Shift'],
  ['ShiftRight', 'Shift'],
  ['ControlLeft', 'Control'],
  ['AltLeft', 'Alt'],
  ['AltRight', 'AltGraph'],
  ['MetaLeft', 'Meta'],
  ['CapsLock', 'CapsLock'],
  ['', 'x'],
  ['KeyE', 'Dead'],
);
const flags = fc.record({
  shift: fc.boolean(),
  control: fc.boolean(),
  alt: fc.boolean(),
  meta: fc.boolean(),
  altGraph: fc.boolean(),
});
const facts: fc.Arbitrary<KeyFacts> = fc
  .tuple(keys, flags, fc.boolean(), fc.boolean())
  .map(([[code = '', key = ''], flag, repeat, isComposing]) => ({
    code,
    key,
    location: 0,
    repeat,
    isComposing,
    flags: flag,
  }));
const steps = fc.oneof(
  { weight: 5, arbitrary: facts.map((key) => ({ type: 'down' as const, key })) },
  { weight: 4, arbitrary: facts.map((key) => ({ type: 'up' as const, key })) },
  flags.map((flag) => ({ type: 'pointer' as const, flag })),
  fc.constant({ type: 'blur' as const }),
  fc.constant({ type: 'focus' as const }),
  fc.constant({ type: 'settle' as const }),
);

test('whatever browsers report, presses and releases alternate, and a blur leaves nothing held', () => {
  const platforms = fc.constantFrom<KeyboardPlatform>('mac', 'windows', 'other');
  fc.assert(
    fc.property(platforms, fc.array(steps, { maxLength: 60 }), (platform, script) => {
      const state = new KeyboardState(platform);
      const desktop = new Set<number>();
      const apply = (events: readonly InputEvent[]): void => {
        for (const event of events) {
          if (event.type !== 'key' || event.code === 0) continue;
          expect(desktop.has(event.code)).toBe(!event.pressed);
          if (event.pressed) desktop.add(event.code);
          else desktop.delete(event.code);
        }
      };
      state.focus();
      script.forEach((step, now) => {
        switch (step.type) {
          case 'down':
            apply(state.keyDown(step.key, now * 20).events);
            break;
          case 'up':
            apply(state.keyUp(step.key, now * 20).events);
            break;
          case 'pointer':
            apply(state.pointer(step.flag, true));
            break;
          case 'blur':
            apply(state.blur());
            break;
          case 'focus':
            state.focus();
            break;
          case 'settle':
            apply(state.settle(now * 20));
        }
        expect([...state.heldCodes].sort()).toEqual([...desktop].sort());
      });
      apply(state.blur());
      expect(desktop.size).toBe(0);
    }),
    { numRuns: 1000 },
  );
});
