import type { InputEvent } from '../../protocol/input.ts';
import { HeldKeys } from './held-keys.ts';
import { InputSequence } from './input-sequence.ts';
import { TransportChoice } from './transport-choice.ts';

/**
 * What of one client outlives a connection when it moves to the next one: the numbers of its events, so that each counts
 * once whichever connection brings it, the keys that it holds, and what its transports carried. Shared by the two connections of a move while both live.
 */
export class Continuity {
  readonly input = new InputSequence();
  readonly held = new HeldKeys();
  readonly choice = new TransportChoice();
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
