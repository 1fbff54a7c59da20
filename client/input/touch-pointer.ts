/**
 * Fingers as a mouse, for desktops that know no touch: tap = left click, drag = left drag, hold = right click,
 * two fingers = scroll, a tap with two = right click. Pure: time and positions come in as arguments.
 */
import type { InputEvent } from '../../protocol/input.ts';

/** One finger: its position on the desktop in pixels, and in CSS pixels, by which gestures are told apart. */
export interface Finger {
  readonly id: number;
  readonly desktopX: number;
  readonly desktopY: number;
  readonly x: number;
  readonly y: number;
}

/** A finger that moves less, in CSS pixels, is still: the usual touch slop of mobile systems. */
const SLOP = 10;
/** Holding a finger this long, in milliseconds, is a right click: the usual long press. */
const HOLD_MS = 500;
/** CSS pixels of a two-finger movement per step of 1/120 notch: 60 px are a notch. */
const PIXELS_PER_STEP = 0.5;

/** Buttons as UI Events numbers them (MouseEvent.button). */
const LEFT = 0;
const RIGHT = 2;

type Gesture =
  | { readonly type: 'idle' }
  | { readonly type: 'touched'; readonly start: Finger; readonly since: number }
  | { readonly type: 'dragging'; readonly id: number }
  | { readonly type: 'scrolling'; readonly x: number; readonly y: number; readonly moved: boolean }
  /** Over, but fingers are still down. */
  | { readonly type: 'spent' };

const idle: Gesture = { type: 'idle' };
const spent: Gesture = { type: 'spent' };

/** Tells gestures apart, and says what a mouse would have done. */
export class TouchPointer {
  readonly #fingers = new Map<number, Finger>();
  #gesture: Gesture = idle;
  #restX = 0;
  #restY = 0;

  /** When `settle` has to be called; undefined when nothing waits. */
  get dueAt(): number | undefined {
    return this.#gesture.type === 'touched' ? this.#gesture.since + HOLD_MS : undefined;
  }

  /** Whether a finger holds the left button. */
  get isDragging(): boolean {
    return this.#gesture.type === 'dragging';
  }

  down(finger: Finger, now: number): InputEvent[] {
    this.#fingers.set(finger.id, finger);
    if (this.#fingers.size === 1) {
      this.#gesture = { type: 'touched', start: finger, since: now };
      return [moveTo(finger)];
    }
    if (this.#fingers.size === 2 && this.#gesture.type === 'touched') {
      this.#gesture = { type: 'scrolling', ...this.#centre(), moved: false };
    }
    return [];
  }

  move(finger: Finger): InputEvent[] {
    if (!this.#fingers.has(finger.id)) return [];
    this.#fingers.set(finger.id, finger);
    const gesture = this.#gesture;
    if (gesture.type === 'touched') {
      if (distance(gesture.start, finger) < SLOP) return [];
      this.#gesture = { type: 'dragging', id: finger.id };
      return [moveTo(gesture.start), button(LEFT, true), moveTo(finger)];
    }
    if (gesture.type === 'dragging') return gesture.id === finger.id ? [moveTo(finger)] : [];
    return gesture.type === 'scrolling' ? this.#scroll(gesture) : [];
  }

  up(id: number): InputEvent[] {
    const gesture = this.#gesture;
    const finger = this.#fingers.get(id);
    this.#fingers.delete(id);
    this.#gesture = this.#fingers.size === 0 ? idle : spent;
    if (finger === undefined) return [];
    switch (gesture.type) {
      case 'touched':
        return [moveTo(gesture.start), ...click(LEFT)];
      case 'dragging':
        if (gesture.id === id) return [moveTo(finger), button(LEFT, false)];
        this.#gesture = gesture;
        return [];
      case 'scrolling':
        return gesture.moved ? [] : click(RIGHT);
      case 'idle':
      case 'spent':
        return [];
    }
  }

  /** The system took the fingers away: nothing is clicked. */
  cancel(): InputEvent[] {
    const wasDragging = this.#gesture.type === 'dragging';
    this.#fingers.clear();
    this.#gesture = idle;
    return wasDragging ? [button(LEFT, false)] : [];
  }

  /** A finger that was held long enough becomes a right click. */
  settle(now: number): InputEvent[] {
    const gesture = this.#gesture;
    if (gesture.type !== 'touched' || now < gesture.since + HOLD_MS) return [];
    this.#gesture = spent;
    return [moveTo(gesture.start), ...click(RIGHT)];
  }

  #scroll(gesture: Extract<Gesture, { type: 'scrolling' }>): InputEvent[] {
    const centre = this.#centre();
    if (!gesture.moved && distance(gesture, centre) < SLOP) return [];
    this.#gesture = { type: 'scrolling', ...centre, moved: true };
    // The content follows the fingers, so it scrolls the other way.
    this.#restX += (gesture.x - centre.x) / PIXELS_PER_STEP;
    this.#restY += (gesture.y - centre.y) / PIXELS_PER_STEP;
    const dx = Math.trunc(this.#restX) + 0;
    const dy = Math.trunc(this.#restY) + 0;
    this.#restX -= dx;
    this.#restY -= dy;
    return dx === 0 && dy === 0 ? [] : [{ type: 'wheel', dx, dy }];
  }

  #centre(): { x: number; y: number } {
    const fingers = [...this.#fingers.values()];
    const sum = fingers.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), {
      x: 0,
      y: 0,
    });
    return { x: sum.x / fingers.length, y: sum.y / fingers.length };
  }
}

function moveTo({ desktopX, desktopY }: Finger): InputEvent {
  return { type: 'pointerAbsolute', x: desktopX, y: desktopY };
}

function button(which: typeof LEFT | typeof RIGHT, pressed: boolean): InputEvent {
  return { type: 'button', button: which, pressed };
}

function click(which: typeof LEFT | typeof RIGHT): InputEvent[] {
  return [button(which, true), button(which, false)];
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
