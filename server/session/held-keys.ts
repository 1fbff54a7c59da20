import type { InputEvent } from '../../protocol/input.ts';
import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';

/** A controller that holds something and says nothing for this long loses its keys (a stuck key is worse). */
const SILENCE = millisToMicros(millis(1_000));

/** Most keys and buttons that can be held at once; a keyboard reports fewer, so more is an attack. */
const MAX_HELD_KEYS = 64;

/**
 * What one controller holds down on the desktop. A pure core: it turns the events of the controller into the events
 * that the desktop gets, and knows how to let everything go.
 */
export class HeldKeys {
  readonly #keys = new Set<number>();
  readonly #buttons = new Set<number>();
  #heardAt = 0 as Micros;

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#buttons.size === 0;
  }

  /** Takes an event of the controller and returns the events to inject, in order. */
  apply(event: InputEvent, now: Micros): readonly InputEvent[] {
    this.#heardAt = now;
    switch (event.type) {
      case 'key':
        return this.#track(this.#keys, event.code, event.pressed) ? [event] : [];
      case 'button':
        return this.#track(this.#buttons, event.button, event.pressed) ? [event] : [];
      case 'heldKeys':
        return this.#releaseAllBut(new Set(event.codes), event.buttons);
      default:
        return [event];
    }
  }

  /** Notes a sign of life that is no input. */
  heard(now: Micros): void {
    this.#heardAt = now;
  }

  /** True when something is held and the controller has been silent for more than 1 s. */
  isSilent(now: Micros): boolean {
    return !this.isEmpty && now - this.#heardAt > SILENCE;
  }

  /** Lets everything go: when the session ends, falls silent or loses control. */
  releaseAll(): readonly InputEvent[] {
    return this.#releaseAllBut(new Set(), 0);
  }

  /** A repeated press is passed on (the desktop may repeat keys), a release of what is not held is not. */
  #track(held: Set<number>, code: number, pressed: boolean): boolean {
    if (!pressed) return held.delete(code);
    if (held.size >= MAX_HELD_KEYS && !held.has(code)) return false;
    held.add(code);
    return true;
  }

  #releaseAllBut(codes: ReadonlySet<number>, buttons: number): readonly InputEvent[] {
    const released: InputEvent[] = [];
    for (const code of this.#keys) {
      if (codes.has(code)) continue;
      this.#keys.delete(code);
      released.push({ type: 'key', code, keysym: 0, pressed: false });
    }
    for (const button of this.#buttons) {
      if ((buttons & (1 << button)) !== 0) continue;
      this.#buttons.delete(button);
      released.push({ type: 'button', button, pressed: false });
    }
    return released;
  }
}
