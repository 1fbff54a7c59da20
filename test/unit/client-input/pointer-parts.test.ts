import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { GamepadChanges } from '../../../client/input/gamepad.ts';
import { MOVE_INTERVAL_MS, MoveGate } from '../../../client/input/move-gate.ts';
import { PointerButtons } from '../../../client/input/pointer-buttons.ts';
import { RelativeMoves } from '../../../client/input/relative-moves.ts';

const at = (x: number): Extract<InputEvent, { type: 'pointerAbsolute' }> => ({
  type: 'pointerAbsolute',
  x,
  y: 0,
});

describe('MoveGate', () => {
  test('the first move goes at once, of a burst only the newest when its turn comes', () => {
    const gate = new MoveGate();
    expect(gate.push(at(1), 100)).toEqual([at(1)]);
    expect(gate.push(at(2), 101)).toEqual([]);
    expect(gate.push(at(3), 102)).toEqual([]);
    expect(gate.dueAt).toBe(100 + MOVE_INTERVAL_MS);
    expect(gate.settle(103)).toEqual([]);
    expect(gate.settle(104)).toEqual([at(3)]);
    expect(gate.dueAt).toBeUndefined();
  });

  test('relative moves of a burst add up', () => {
    const gate = new MoveGate();
    const by = (dx: number): Parameters<MoveGate['push']>[0] => ({
      type: 'pointerRelative',
      dx,
      dy: -dx,
    });
    gate.push(by(1), 0);
    gate.push(by(2), 1);
    gate.push(by(3), 2);
    expect(gate.flush(3)).toEqual([by(5)]);
  });

  test('a move of the other kind pushes the waiting one out, in order', () => {
    const gate = new MoveGate();
    gate.push(at(1), 0);
    gate.push(at(2), 1);
    const relative = { type: 'pointerRelative', dx: 1, dy: 1 } as const;
    expect([...gate.push(relative, 2), ...gate.flush(3)]).toEqual([at(2), relative]);
  });

  test('never more than 250 moves a second, and the last position always arrives', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(gaps, (gapsMs) => {
        const gate = new MoveGate();
        const sentAt: number[] = [];
        let last: InputEvent | undefined;
        let now = 0;
        const note = (events: readonly InputEvent[]): void => {
          for (const event of events) {
            sentAt.push(now);
            last = event;
          }
        };
        gapsMs.forEach((gap, index) => {
          now += gap;
          note(gate.push(at(index), now));
        });
        if (gate.dueAt !== undefined) {
          now = Math.max(now, gate.dueAt);
          note(gate.settle(now + 1e-6));
        }
        expect(last).toEqual(at(gapsMs.length - 1));
        sentAt.reduce((before, time) => {
          expect(time - before).toBeGreaterThanOrEqual(MOVE_INTERVAL_MS - 1e-3);
          return time;
        }, Number.NEGATIVE_INFINITY);
      }),
    );
  });
});

describe('PointerButtons', () => {
  const press = (button: number): InputEvent => ({ type: 'button', button, pressed: true });
  const release = (button: number): InputEvent => ({ type: 'button', button, pressed: false });

  test.each([
    ['left', 1, 0],
    ['right', 2, 2],
    ['middle', 4, 1],
    ['back', 8, 3],
    ['forward', 16, 4],
  ])('%s', (_name, mask, button) => {
    const buttons = new PointerButtons();
    expect(buttons.update(mask)).toEqual([press(button)]);
    expect(buttons.held).toBe(1 << button);
    expect(buttons.differs(mask)).toBe(false);
    expect(buttons.update(0)).toEqual([release(button)]);
  });

  test('chords, and releases that were never reported', () => {
    const buttons = new PointerButtons();
    buttons.update(1);
    expect(buttons.differs(3)).toBe(true);
    expect(buttons.update(3)).toEqual([press(2)]);
    expect(buttons.update(4)).toEqual([release(0), press(1), release(2)]);
    expect(buttons.release()).toEqual([release(1)]);
    expect(buttons.held).toBe(0);
  });

  test('bits of no known button (a pen eraser) are ignored', () => {
    const buttons = new PointerButtons();
    expect(buttons.update(32)).toEqual([]);
    expect(buttons.differs(0)).toBe(false);
  });
});

describe('RelativeMoves', () => {
  test('fractions of zoomed pages add up', () => {
    const moves = new RelativeMoves();
    expect(moves.push(0.5, -0.5)).toBeUndefined();
    expect(moves.push(0.75, -0.75)).toEqual({ type: 'pointerRelative', dx: 1, dy: -1 });
    expect(moves.push(0.75, 0)).toEqual({ type: 'pointerRelative', dx: 1, dy: 0 });
  });
});

describe('GamepadChanges', () => {
  const pad = (pressed: readonly number[], axes: readonly number[]): object => ({
    index: 0,
    connected: true,
    buttons: Array.from({ length: 17 }, (_, bit) => ({ pressed: pressed.includes(bit) })),
    axes,
  });
  const poll = (changes: GamepadChanges, ...pads: (object | null)[]): InputEvent[] =>
    changes.poll(pads as Parameters<GamepadChanges['poll']>[0]);

  test('only changes are sent', () => {
    const changes = new GamepadChanges();
    expect(poll(changes, null, pad([0, 16], [0, 1, -1, 0.5]))).toEqual([
      { type: 'gamepad', index: 0, buttons: 0x10001, axes: [0, 32767, -32767, 16384] },
    ]);
    expect(poll(changes, null, pad([0, 16], [0, 1, -1, 0.5]))).toEqual([]);
    expect(poll(changes, null, pad([], [0, 1, -1, 0.5]))).toHaveLength(1);
  });

  test('a gamepad that goes away comes to rest', () => {
    const changes = new GamepadChanges();
    poll(changes, pad([1], [1]));
    expect(poll(changes, null)).toEqual([{ type: 'gamepad', index: 0, buttons: 0, axes: [] }]);
    expect(poll(changes, null)).toEqual([]);
  });
});
