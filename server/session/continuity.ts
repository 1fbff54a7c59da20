import type { InputEvent } from '../../protocol/input.ts';
import { HeldKeys } from './held-keys.ts';
import { InputSequence } from './input-sequence.ts';

/**
 * What of one client outlives a connection when it moves to the next one: the numbers of its events, so that each counts
 * once whichever connection brings it, and the keys that it holds. Shared by the two connections of a move while both live.
 */
export class Continuity {
  readonly input = new InputSequence();
  readonly held = new HeldKeys();
  #connections = 0;

  /** A connection takes part, until it says `leave`. */
  enter(): void {
    this.#connections += 1;
  }

  /** A connection ends. Returns what has to be let go: everything with the last one, nothing before. */
  leave(): readonly InputEvent[] {
    this.#connections -= 1;
    return this.#connections > 0 ? [] : this.held.releaseAll();
  }
}
