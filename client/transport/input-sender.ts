import type { InputEvent } from '../../protocol/input.ts';

/** Consecutive events, the first with its number. */
export interface InputBatch {
  readonly first: number;
  readonly events: readonly InputEvent[];
}

/** How a transport carries events, and where their numbers begin. */
export interface InputSenderOptions {
  /** True over datagrams: events are then repeated until acknowledged. */
  readonly isLossy: boolean;
  /** Bytes that an event takes in a unit; an upper bound is enough. */
  readonly sizeOf: (event: InputEvent) => number;
  /** What another connection of this session left over; the numbers go on from there. */
  readonly continues?: InputBatch;
}

/** What to send now. Both may hold the same events: the server counts each number once. */
export interface InputDue {
  readonly unreliable: readonly InputBatch[];
  readonly reliable: readonly InputBatch[];
}

/** Limits of one INPUT unit and the repetition (docs/protocol.md, input). */
const MAX_EVENTS = 64;
const MAX_BYTES = 960;
const REPEAT_EVERY = 20_000;
const RELIABLE_AFTER = 200_000;

/** Units in one go when much is unacknowledged; what lies beyond waits for an acknowledgement. */
const MAX_UNITS = 4;

/** Events kept unacknowledged: 2 s at the highest rate that a server takes; by then the connection counts as lost. */
const MAX_KEPT = 2000;

interface Kept {
  readonly number: number;
  readonly event: InputEvent;
  readonly bytes: number;
  readonly pushedAt: number;
  isReliable: boolean;
}

/**
 * Numbers the input events of a connection and repeats them until the server has them. A pure core; times in µs of local
 * time. One per connection: numbers begin at 0 and what a lost connection did not deliver is not replayed later, unless the
 * session moved and the server goes on counting.
 */
export class InputSender {
  readonly #isLossy: boolean;
  readonly #sizeOf: (event: InputEvent) => number;
  readonly #kept: Kept[] = [];
  #next = 0;
  #sentUpTo = 0;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  /** Events refused because too many were unacknowledged. */
  dropped = 0;

  constructor(options: InputSenderOptions) {
    this.#isLossy = options.isLossy;
    this.#sizeOf = options.sizeOf;
    this.#next = options.continues?.first ?? 0;
    this.#sentUpTo = this.#next;
    this.push(options.continues?.events ?? [], Number.NEGATIVE_INFINITY);
  }

  /** What the server has not acknowledged, with the number that comes next when that is nothing. */
  get remainder(): InputBatch {
    return {
      first: this.#kept[0]?.number ?? this.#next,
      events: this.#kept.map(({ event }) => event),
    };
  }

  get unacknowledged(): number {
    return this.#kept.length;
  }

  push(events: readonly InputEvent[], now: number): void {
    for (const event of events) {
      const bytes = this.#sizeOf(event);
      if (this.#kept.length >= MAX_KEPT || bytes > MAX_BYTES) {
        this.dropped += 1;
        continue;
      }
      this.#kept.push({ number: this.#next, event, bytes, pushedAt: now, isReliable: false });
      this.#next += 1;
    }
  }

  /** INPUT_ACK: the server has all events with smaller numbers. */
  acknowledge(cumulative: number): void {
    while (this.#kept[0] !== undefined && this.#kept[0].number < cumulative) this.#kept.shift();
  }

  /** When to ask `due` again, or undefined when nothing waits to be repeated. */
  get nextDueAt(): number | undefined {
    return this.#isLossy && this.#kept.length > 0 ? this.#lastSentAt + REPEAT_EVERY : undefined;
  }

  due(now: number): InputDue {
    if (!this.#isLossy) {
      const fresh = this.#kept.filter((kept) => kept.number >= this.#sentUpTo);
      this.#sentUpTo = this.#next;
      return { unreliable: [], reliable: batches(fresh, Number.POSITIVE_INFINITY) };
    }
    const isFresh = this.#sentUpTo < this.#next;
    if (!isFresh && now - this.#lastSentAt < REPEAT_EVERY) return NOTHING;
    this.#sentUpTo = this.#next;
    this.#lastSentAt = now;
    const overdue = this.#kept.filter(
      (kept) => !kept.isReliable && now - kept.pushedAt > RELIABLE_AFTER,
    );
    for (const kept of overdue) kept.isReliable = true;
    return {
      unreliable: batches(this.#kept, MAX_UNITS),
      reliable: batches(overdue, Number.POSITIVE_INFINITY),
    };
  }
}

const NOTHING: InputDue = { unreliable: [], reliable: [] };

/** Splits consecutive events into units within the limits. */
function batches(kept: readonly Kept[], maxUnits: number): InputBatch[] {
  const units: { first: number; events: InputEvent[] }[] = [];
  let bytes = 0;
  for (const { number, event, bytes: size } of kept) {
    let unit = units.at(-1);
    const isFull =
      unit === undefined || unit.events.length >= MAX_EVENTS || bytes + size > MAX_BYTES;
    if (isFull) {
      if (units.length >= maxUnits) break;
      unit = { first: number, events: [] };
      units.push(unit);
      bytes = 0;
    }
    unit?.events.push(event);
    bytes += size;
  }
  return units;
}
