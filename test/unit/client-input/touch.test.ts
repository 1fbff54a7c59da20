import { describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { TouchPointer, type Finger } from '../../../client/input/touch-pointer.ts';

/** Ten desktop pixels to a CSS pixel. */
const finger = (id: number, x: number, y: number): Finger => ({
  id,
  x,
  y,
  desktopX: x * 10,
  desktopY: y * 10,
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
