import type { PixelSize } from './desktop-input.ts';
import type { XConnection } from './x-connection.ts';
import type { XTest } from './x11.ts';

/** X button numbers of the protocol's buttons: left, middle, right, back, forward. */
const X_BUTTONS: readonly number[] = [1, 2, 3, 8, 9];

/** X has no wheel: each notch is a click of one of these buttons. */
const WheelButton = { up: 4, down: 5, left: 6, right: 7 } as const;

/** Steps of the protocol's wheel events in one notch. */
const NOTCH = 120;

/** Most notches of one event, per axis: beyond it a page has scrolled out of sight anyway, and each costs 4 requests. */
const MAX_NOTCHES = 30;

/** XTEST's `detail` of a motion: by a distance instead of to a place. */
const RELATIVE = 1;

/** The pointer of one X connection, moved through XTEST. */
export class XPointer {
  readonly #connection: XConnection;
  readonly #xtest: XTest;
  readonly #held = new Set<number>();
  #wheelX = 0;
  #wheelY = 0;
  #touch: number | undefined;

  constructor(connection: XConnection, xtest: XTest) {
    this.#connection = connection;
    this.#xtest = xtest;
  }

  /** Moves to a pixel; positions outside are clamped to the edge. */
  moveTo(x: number, y: number, { width, height }: PixelSize): void {
    const [inX, inY] = [Math.min(x, width - 1), Math.min(y, height - 1)];
    this.#send(this.#xtest.MotionNotify, 0, this.#connection.root, inX, inY);
  }

  /** Moves by a distance in pixels; the X server clamps to the screen. */
  moveBy(dx: number, dy: number): void {
    this.#send(this.#xtest.MotionNotify, RELATIVE, 0, dx, dy);
  }

  /** @param button the protocol's number; X buttons beyond forward do not exist here */
  button(button: number, pressed: boolean): void {
    const xButton = X_BUTTONS[button];
    if (xButton !== undefined) this.#xButton(xButton, pressed);
  }

  /** Turns the wheel by 1/120 notches; whole notches become clicks, the rest waits for the next event. */
  wheel(dx: number, dy: number): void {
    this.#wheelX = this.#turn(this.#wheelX, dx, WheelButton.left, WheelButton.right);
    this.#wheelY = this.#turn(this.#wheelY, dy, WheelButton.up, WheelButton.down);
  }

  /** One finger is the left button; further fingers are not followed. */
  touch(
    touch: {
      readonly id: number;
      readonly phase: 'start' | 'move' | 'end' | 'cancel';
      readonly x: number;
      readonly y: number;
    },
    size: PixelSize,
  ): void {
    const isFirst = touch.phase === 'start' && this.#touch === undefined;
    if (!isFirst && touch.id !== this.#touch) return;
    this.moveTo(touch.x, touch.y, size);
    if (isFirst) {
      this.#touch = touch.id;
      this.button(0, true);
    } else if (touch.phase === 'end' || touch.phase === 'cancel') {
      this.#touch = undefined;
      this.button(0, false);
    }
  }

  /** Releases every button and the touch. */
  releaseAll(): void {
    for (const button of [...this.#held]) this.#xButton(button, false);
    this.#touch = undefined;
    this.#wheelX = 0;
    this.#wheelY = 0;
  }

  /** X buttons that are down through this object. */
  get heldButtons(): readonly number[] {
    return [...this.#held];
  }

  /** Releases buttons that an earlier connection to the same server may have left down. */
  releaseButtons(buttons: readonly number[]): void {
    for (const button of buttons) this.#xButton(button, false);
  }

  #turn(rest: number, delta: number, back: number, forth: number): number {
    // A turn the other way starts afresh: half a notch up must not be paid for by half a notch down.
    const sum = rest * delta < 0 ? delta : rest + delta;
    const notches = Math.trunc(sum / NOTCH);
    for (let notch = 0; notch < Math.min(Math.abs(notches), MAX_NOTCHES); notch++) {
      this.#xButton(notches < 0 ? back : forth, true);
      this.#xButton(notches < 0 ? back : forth, false);
    }
    return sum - notches * NOTCH;
  }

  #xButton(button: number, pressed: boolean): void {
    if (pressed) this.#held.add(button);
    else this.#held.delete(button);
    this.#send(pressed ? this.#xtest.ButtonPress : this.#xtest.ButtonRelease, button, 0, 0, 0);
  }

  #send(type: number, detail: number, root: number, x: number, y: number): void {
    if (this.#connection.isOpen) this.#xtest.FakeInput(type, detail, 0, root, x, y);
  }
}
