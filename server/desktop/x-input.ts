import type { InputEvent } from '../../protocol/input.ts';
import type { DesktopInput, PixelSize } from './desktop-input.ts';
import { Keysym, keysymOfCodePoint } from './keysym.ts';
import { SpareKeycodes } from './spare-keycodes.ts';
import type { XConnection } from './x-connection.ts';
import { XKeyboard, type Progress } from './x-keyboard.ts';
import { XPointer } from './x-pointer.ts';
import type { Xkb, XTest } from './x11.ts';

/** One step of injection: an event, or one character of a text. */
type Step = Exclude<InputEvent, { type: 'text' }> | { readonly type: 'character'; keysym: number };

/**
 * Most steps that wait. Waiting takes 150 ms at worst, for texts with more foreign characters than the keyboard has spare
 * keys; 1,000 events a second are allowed.
 */
const MAX_STEPS = 4_096;

const DONE: Progress = { type: 'done' };

/** Control characters of a text that are keys. */
const CONTROL_KEYS: ReadonlyMap<number, number> = new Map([
  [0x08, Keysym.backSpace],
  [0x09, Keysym.tab],
  [0x0a, Keysym.return],
  [0x0d, Keysym.return],
]);

/** What a connection leaves behind, to be let go when the same server is reached again. */
interface LeftDown {
  readonly keycodes: readonly number[];
  readonly buttons: readonly number[];
}

/**
 * Injects input events into an X display through XTEST, in order. Survives its connections: `attach` gives it a new one,
 * and without one events are dropped and counted.
 */
export class XInput implements DesktopInput {
  readonly #spares = new SpareKeycodes();
  readonly #steps: Step[] = [];
  #keyboard: XKeyboard | undefined;
  #pointer: XPointer | undefined;
  #left: LeftDown = { keycodes: [], buttons: [] };
  #size: PixelSize;
  #waiting = false;
  #dropped = 0;

  /** @param size of the desktop until a connection tells it */
  constructor(size: PixelSize) {
    this.#size = size;
  }

  get size(): PixelSize {
    return this.#size;
  }

  /** Events that could not be injected: no connection, gamepads, too many at once. */
  get droppedEvents(): number {
    return this.#dropped;
  }

  /** The desktop was resized. */
  resize(size: PixelSize): void {
    this.#size = size;
  }

  /** Takes over a connection. @throws Error when it ends meanwhile, or the server lacks XTEST or XKEYBOARD */
  async attach(connection: XConnection): Promise<void> {
    const xtest = await connection.ask<XTest>((reply) => connection.client.require('xtest', reply));
    const xkb = await connection.ask<Xkb>((reply) => connection.client.require('xkb', reply));
    const keyboard = await XKeyboard.open(connection, { xtest, xkb }, this.#spares);
    const pointer = new XPointer(connection, xtest);
    keyboard.releaseKeycodes(this.#left.keycodes);
    pointer.releaseButtons(this.#left.buttons);
    this.#keyboard = keyboard;
    this.#pointer = pointer;
    this.#size = connection.initialSize;
    this.#waiting = false;
  }

  /** The connection is gone: what waits is dropped, what was down is remembered. */
  detach(): void {
    if (!this.#keyboard || !this.#pointer) return;
    this.#left = { keycodes: this.#keyboard.heldKeycodes, buttons: this.#pointer.heldButtons };
    this.#keyboard = undefined;
    this.#pointer = undefined;
    this.#dropped += this.#steps.length;
    this.#steps.length = 0;
  }

  apply(event: InputEvent): void {
    if (!this.#keyboard || event.type === 'gamepad') {
      this.#dropped++;
      return;
    }
    if (event.type !== 'text') {
      this.#steps.push(event);
    } else {
      for (const character of event.text.replaceAll('\r\n', '\n')) {
        const codePoint = character.codePointAt(0) ?? 0;
        const keysym = CONTROL_KEYS.get(codePoint) ?? keysymOfCodePoint(codePoint);
        if (keysym !== 0) this.#steps.push({ type: 'character', keysym });
      }
    }
    if (this.#steps.length > MAX_STEPS) {
      // Releases must not get lost alone: everything goes, keys included.
      this.#dropped += this.#steps.length;
      this.releaseAll();
      return;
    }
    this.#drain();
  }

  releaseAll(): void {
    this.#steps.length = 0;
    this.#keyboard?.releaseAll();
    this.#pointer?.releaseAll();
  }

  /** Leaves the desktop as it was found: keys up, spare keycodes without a meaning. */
  close(): void {
    this.releaseAll();
    this.#keyboard?.giveBackSpares();
    this.#keyboard = undefined;
    this.#pointer = undefined;
  }

  #drain(): void {
    while (!this.#waiting) {
      const step = this.#steps[0];
      if (!step) return;
      const progress = this.#perform(step);
      if (progress.type !== 'retry') this.#steps.shift();
      if (progress.type === 'done') continue;
      const keyboard = this.#keyboard;
      this.#waiting = true;
      const resume = (): void => {
        // A new connection has started afresh.
        if (this.#keyboard !== keyboard) return;
        this.#waiting = false;
        this.#drain();
      };
      if (progress.type === 'retry') setTimeout(resume, progress.ms);
      // Only the end of the connection rejects, and the next attach starts afresh.
      else progress.until.then(resume, () => undefined);
    }
  }

  #perform(step: Step): Progress {
    const [keyboard, pointer] = [this.#keyboard, this.#pointer];
    if (!keyboard || !pointer) return DONE;
    switch (step.type) {
      case 'key':
        return step.pressed ? keyboard.press(step.code, step.keysym) : keyboard.release(step.code);
      case 'character':
        return keyboard.type(step.keysym);
      case 'pointerAbsolute':
        pointer.moveTo(step.x, step.y, this.#size);
        break;
      case 'pointerRelative':
        pointer.moveBy(step.dx, step.dy);
        break;
      case 'button':
        pointer.button(step.button, step.pressed);
        break;
      case 'wheel':
        pointer.wheel(step.dx, step.dy);
        break;
      case 'touch':
        pointer.touch(step, this.#size);
        break;
      // Snapshots are the session's business; controllers would need a device of the kernel.
      case 'heldKeys':
      case 'gamepad':
        break;
    }
    return DONE;
  }
}
