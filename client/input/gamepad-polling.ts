/** Polls gamepads once per rendered frame, while there are any. */
import type { InputEvent } from '../../protocol/input.ts';
import { GamepadChanges } from './gamepad.ts';

/** From construction to `close`. A page that is hidden does not poll: its frames stop. */
export class GamepadPolling {
  readonly #send: (events: readonly InputEvent[]) => void;
  readonly #changes = new GamepadChanges();
  readonly #listening = new AbortController();
  #frame: number | undefined;

  constructor(send: (events: readonly InputEvent[]) => void) {
    this.#send = send;
    const { signal } = this.#listening;
    window.addEventListener('gamepadconnected', () => this.#start(), { signal });
    this.#start();
  }

  /** Idempotent. */
  close(): void {
    this.#listening.abort();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #start(): void {
    // Withheld from pages over plain http, whatever the types say.
    if (!('getGamepads' in navigator)) return;
    this.#frame ??= requestAnimationFrame(() => this.#poll());
  }

  #poll(): void {
    this.#frame = undefined;
    const gamepads = navigator.getGamepads();
    const events = this.#changes.poll(gamepads);
    if (events.length > 0) this.#send(events);
    if (gamepads.some((gamepad) => gamepad !== null)) this.#start();
  }
}
