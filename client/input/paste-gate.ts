import type { InputEvent } from '../../protocol/input.ts';
import { Alarm } from './alarm.ts';

/**
 * How long a key waits for the browser to say what it pastes, ms: browsers do within the same turn, or the next one. The rest covers a busy
 * page (a guess); a browser that says nothing delays the key by it.
 */
const PASTE_WAIT_MS = 100;

/** Keeps the user's input in order while the browser is asked what a key pastes. */
export class PasteGate {
  readonly #send: (events: readonly InputEvent[]) => void;
  readonly #alarm = new Alarm(() => this.open());
  #held: InputEvent[] | undefined;

  constructor(send: (events: readonly InputEvent[]) => void) {
    this.#send = send;
  }

  send(events: readonly InputEvent[]): void {
    if (this.#held === undefined) this.#send(events);
    else this.#held.push(...events);
  }

  /** Input waits from now on, until `open` or for 100 ms. */
  close(): void {
    this.#held ??= [];
    this.#alarm.set(performance.now() + PASTE_WAIT_MS);
  }

  /** Lets go what waited. Idempotent. */
  open(): void {
    this.#alarm.set(undefined);
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && held.length > 0) this.#send(held);
  }
}
