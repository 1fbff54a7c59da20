import { describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { TouchPointer } from '../../../client/input/touch-pointer.ts';
import type { TouchFacts } from '../../../client/input/touches.ts';
import { Touches } from '../../../client/input/touches.ts';

/** Ten desktop pixels to a CSS pixel. */
const finger = (id: number, x: number, y: number): TouchFacts => ({
  id,
  x,
  y,
  desktopX: x * 10,
  desktopY: y * 10,
  pressure: 128,
});
const brief = (events: readonly InputEvent[]): string =>
  events
    .map((event) => {
      if (event.type === 'pointerAbsolute') return `${event.x},${event.y}`;
      if (event.type === 'button') return `${event.pressed ? '+' : '-'}${event.button}`;
      return event.type === 'wheel' ? `wheel ${event.dx},${event.dy}` : event.type;
    })
    .join(' ');

describe('TouchPointer', () => {
  test('a tap is a left click where it began', () => {
    const touch = new TouchPointer();
    expect(brief(touch.down(finger(1, 10, 10), 0))).toBe('100,100');
    expect(brief(touch.move(finger(1, 14, 12)))).toBe('');
    expect(brief(touch.up(1))).toBe('100,100 +0 -0');
    expect(touch.dueAt).toBeUndefined();
  });

  test('a movement is a drag from where it began', () => {
    const touch = new TouchPointer();
    touch.down(finger(1, 10, 10), 0);
    expect(brief(touch.move(finger(1, 30, 10)))).toBe('100,100 +0 300,100');
    expect(touch.isDragging).toBe(true);
    expect(brief(touch.move(finger(1, 40, 10)))).toBe('400,100');
    expect(brief(touch.up(1))).toBe('400,100 -0');
    expect(touch.isDragging).toBe(false);
  });

  test('a finger that is held is a right click, once', () => {
    const touch = new TouchPointer();
    touch.down(finger(1, 10, 10), 1000);
    expect(touch.dueAt).toBe(1500);
    expect(brief(touch.settle(1499))).toBe('');
    expect(brief(touch.settle(1500))).toBe('100,100 +2 -2');
    expect(brief(touch.up(1))).toBe('');
  });

  test('two fingers scroll, the content follows them', () => {
    const touch = new TouchPointer();
    touch.down(finger(1, 10, 100), 0);
    touch.down(finger(2, 30, 100), 10);
    touch.move(finger(1, 10, 40));
    expect(brief(touch.move(finger(2, 30, 40)))).toBe('wheel 0,60');
    expect(brief(touch.up(1))).toBe('');
    expect(brief(touch.move(finger(2, 90, 90)))).toBe('');
    expect(brief(touch.up(2))).toBe('');
  });

  test('two fingers that tap are a right click', () => {
    const touch = new TouchPointer();
    touch.down(finger(1, 10, 10), 0);
    touch.down(finger(2, 30, 10), 10);
    expect(brief(touch.up(2))).toBe('+2 -2');
    expect(brief(touch.up(1))).toBe('');
  });

  test('a second finger does not end a drag', () => {
    const touch = new TouchPointer();
    touch.down(finger(1, 10, 10), 0);
    touch.move(finger(1, 30, 10));
    touch.down(finger(2, 50, 50), 20);
    expect(brief(touch.up(2))).toBe('');
    expect(brief(touch.up(1))).toBe('300,100 -0');
  });

  test('a cancelled drag releases its button', () => {
    const touch = new TouchPointer();
    touch.down(finger(1, 10, 10), 0);
    touch.move(finger(1, 30, 10));
    expect(brief(touch.cancel())).toBe('-0');
    expect(brief(touch.up(1))).toBe('');
  });
});

describe('Touches as touch points', () => {
  test('ids are small and used again', () => {
    const touches = new Touches('touch');
    expect(touches.down(finger(77, 1, 2), 0)).toEqual([
      { type: 'touch', id: 0, phase: 'start', x: 10, y: 20, pressure: 128 },
    ]);
    expect(touches.down(finger(78, 1, 2), 0)).toMatchObject([{ id: 1 }]);
    expect(touches.move(finger(78, 3, 2))).toMatchObject([{ id: 1, phase: 'move', x: 30 }]);
    expect(touches.up(finger(77, 1, 2))).toMatchObject([{ id: 0, phase: 'end' }]);
    expect(touches.down(finger(79, 1, 2), 0)).toMatchObject([{ id: 0 }]);
    expect(touches.cancel()).toMatchObject([{ phase: 'cancel' }, { phase: 'cancel' }]);
  });
});
