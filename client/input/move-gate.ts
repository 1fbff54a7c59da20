/** Bounds the rate of pointer moves: the first goes at once, the newest of a burst follows when its turn comes. */
import type { InputEvent } from '../../protocol/input.ts';

/**
 * Shortest time between two moves, in milliseconds: the server takes 250 a second, and a mouse of 1,000 Hz reports every
 * millisecond through `pointerrawupdate`.
 */
export const MOVE_INTERVAL_MS = 4;

type Move = Extract<InputEvent, { type: 'pointerAbsolute' | 'pointerRelative' }>;

/** Holds at most one move back. Absolute moves replace each other, relative ones add up. */
export class MoveGate {
  #lastSent = Number.NEGATIVE_INFINITY;
  #waiting: Move | undefined;

  /** When `settle` has to be called; undefined when nothing waits. */
  get dueAt(): number | undefined {
    return this.#waiting === undefined ? undefined : this.#lastSent + MOVE_INTERVAL_MS;
  }

  /** @returns what to send now */
  push(move: Move, now: number): InputEvent[] {
    const before = this.#waiting?.type === move.type ? [] : this.flush(now);
    this.#waiting = merged(this.#waiting, move);
    return [...before, ...this.settle(now)];
  }

  /** Sends the waiting move if its time has come. */
  settle(now: number): InputEvent[] {
    return now - this.#lastSent >= MOVE_INTERVAL_MS ? this.flush(now) : [];
  }

  /** Sends the waiting move at once: a button or a key follows it. */
  flush(now: number): InputEvent[] {
    const move = this.#waiting;
    if (move === undefined) return [];
    this.#waiting = undefined;
    this.#lastSent = now;
    return [move];
  }
}

function merged(waiting: Move | undefined, move: Move): Move {
  if (waiting?.type !== 'pointerRelative' || move.type !== 'pointerRelative') return move;
  return {
    type: 'pointerRelative',
    dx: bounded(waiting.dx + move.dx),
    dy: bounded(waiting.dy + move.dy),
  };
}

function bounded(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}
