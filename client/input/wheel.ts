/** Wheel movements in 1/120 of a notch, whatever unit the browser reports. */
import type { InputEvent } from '../../protocol/input.ts';

/** The facts of a WheelEvent. `wheelDelta*` is the older report of the same movement (positive = up or left). */
export interface WheelFacts {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages (UI Events, WheelEvent.deltaMode). */
  readonly deltaMode: number;
  readonly wheelDeltaX?: number | undefined;
  readonly wheelDeltaY?: number | undefined;
}

/** Steps of the wire in one notch of a wheel. */
export const STEPS_PER_NOTCH = 120;
/** CSS pixels that count as one notch: what Chromium scrolls for a notch on Windows. */
const PIXELS_PER_NOTCH = 100;
/** Lines per notch: the default of Windows and GTK. */
const LINES_PER_NOTCH = 3;
/** A page is about thirty lines. */
const NOTCHES_PER_PAGE = 10;
/** Below this many pixels a multiple of 120 is a touchpad's chance, not a notch. */
const MIN_NOTCH_PIXELS = 50;
const MAX_STEPS = 32_767;

/** Keeps the fractions, so that slow touchpad movements add up. */
export class WheelAccumulator {
  #x = 0;
  #y = 0;

  /** @returns the wheel event to send, undefined while less than one step has gathered */
  push(facts: WheelFacts): InputEvent | undefined {
    this.#x += steps(facts.deltaX, facts.deltaMode, facts.wheelDeltaX);
    this.#y += steps(facts.deltaY, facts.deltaMode, facts.wheelDeltaY);
    const dx = whole(this.#x);
    const dy = whole(this.#y);
    this.#x -= dx;
    this.#y -= dy;
    return dx === 0 && dy === 0 ? undefined : { type: 'wheel', dx: clamp(dx), dy: clamp(dy) };
  }

  /** Forgets the fractions, for a new gesture. */
  reset(): void {
    this.#x = 0;
    this.#y = 0;
  }
}

function steps(delta: number, mode: number, wheelDelta: number | undefined): number {
  if (delta === 0 || !Number.isFinite(delta)) return 0;
  if (mode === 1) return (delta / LINES_PER_NOTCH) * STEPS_PER_NOTCH;
  if (mode === 2) return delta * NOTCHES_PER_PAGE * STEPS_PER_NOTCH;
  // A wheel with notches reports whole ones here; the pixels of a notch differ between systems.
  const isNotched =
    wheelDelta !== undefined &&
    wheelDelta !== 0 &&
    wheelDelta % STEPS_PER_NOTCH === 0 &&
    Math.abs(delta) >= MIN_NOTCH_PIXELS;
  return isNotched
    ? Math.sign(delta) * Math.abs(wheelDelta)
    : (delta / PIXELS_PER_NOTCH) * STEPS_PER_NOTCH;
}

/** Truncates without a negative zero. */
function whole(value: number): number {
  return Math.trunc(value) + 0;
}

function clamp(value: number): number {
  return Math.max(-MAX_STEPS, Math.min(MAX_STEPS, value));
}
