import type { TimedFrame } from './playout.ts';

/** What the hold looks at; the rest of an access unit goes through it untouched. */
export interface HeldAccessUnit extends TimedFrame {
  readonly bytes: Uint8Array;
}

/** Access units that wait at most: 2 s at 60 per second, more than any mode holds. */
export const MAX_HELD_UNITS = 120;

/** Bytes that wait at most: one message of the largest size and as much again. */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** Asks when an access unit's frame is due, local time in µs. */
export type DueAt = (unit: TimedFrame) => number;

/**
 * Keeps access units until shortly before their frames are due: encoded they cost kilobytes, decoded megabytes of a pool that
 * some decoders keep small. Nothing is lost here: what does not fit goes on early. A pure core; all times in µs.
 */
export class AccessUnitHold<Unit extends HeldAccessUnit> {
  #units: Unit[] = [];
  #bytes = 0;

  push(unit: Unit): void {
    this.#units.push(unit);
    this.#bytes += unit.bytes.length;
  }

  /**
   * Hands out, in their order, what has to be decoded now.
   *
   * @param lead how long before a frame is due its decoding begins
   * @param room frames that may be decoded ahead of their time; those that are overdue need none
   */
  take(
    now: number,
    dueAt: DueAt,
    { lead, room }: { readonly lead: number; readonly room: number },
  ): Unit[] {
    let count = 0;
    let left = room;
    let bytes = this.#bytes;
    for (const unit of this.#units) {
      const due = dueAt(unit);
      const isFull = this.#units.length - count > MAX_HELD_UNITS || bytes > MAX_HELD_BYTES;
      if (due > now && !isFull) {
        if (due - lead > now || left <= 0) break;
        left -= 1;
      }
      count += 1;
      bytes -= unit.bytes.length;
    }
    this.#bytes = bytes;
    return this.#units.splice(0, count);
  }

  /** When to look again; undefined while nothing waits. Not before `now`, even where only room was missing. */
  wakeAt(dueAt: DueAt, lead: number): number | undefined {
    const [first] = this.#units;
    return first === undefined ? undefined : dueAt(first) - lead;
  }

  /** Access units that wait. */
  get length(): number {
    return this.#units.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws everything away: the stream begins anew. */
  clear(): void {
    this.#units = [];
    this.#bytes = 0;
  }
}
