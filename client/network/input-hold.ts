import type { InputEvent } from '../../protocol/input.ts';

/**
 * How long input waits for what is being pasted, ms since that last got on: a round trip of the worst network, and the desktop's own
 * milliseconds. A guess; keys that come too late are worse than those that paste what was there before.
 */
export const HOLD_MS = 2_000;

/** Events that wait at most: two seconds of the most that a server takes. */
const MAX_HELD = 2_000;

/** Keeps input back while the text that it pastes is on its way. A pure core; times in ms. */
export class InputHold {
  #held: InputEvent[] = [];
  #until: number | undefined;
  #progress = 0;

  /** When the wait is over at the latest; undefined while nothing is held back. */
  get until(): number | undefined {
    return this.#until;
  }

  /** From now on input waits. */
  begin(now: number): void {
    this.#until = now + HOLD_MS;
    this.#progress = 0;
  }

  /** Returns what may go now of this input, and what waited before it. */
  push(events: readonly InputEvent[]): readonly InputEvent[] {
    if (this.#until === undefined) return events;
    this.#held.push(...events);
    return this.#held.length > MAX_HELD ? this.end() : [];
  }

  /** Something of what is waited for got on, if `progress` has grown. */
  progressed(progress: number, now: number): void {
    if (this.#until === undefined || progress <= this.#progress) return;
    this.#progress = progress;
    this.#until = now + HOLD_MS;
  }

  /** Nothing is waited for any more; returns what waited. */
  end(): readonly InputEvent[] {
    const held = this.#held;
    this.#held = [];
    this.#until = undefined;
    return held;
  }
}
