import type { InputEvent } from '../../protocol/input.ts';

/**
 * Puts a controller's events into one sequence. Over WebTransport the same events come several times (datagrams
 * repeat all that is unacknowledged, and late ones come on the control stream too), so that each one must count once.
 */
export class InputSequence {
  #next = 0;

  /** Number of events taken so far: what INPUT_ACK tells the client. */
  get cumulative(): number {
    return this.#next;
  }

  /**
   * Returns the events of a unit that are new. Empty when all were seen before, or when events before `first` are
   * still missing: the sender repeats them.
   */
  take(first: number, events: readonly InputEvent[]): readonly InputEvent[] {
    if (first > this.#next) return [];
    const fresh = events.slice(this.#next - first);
    this.#next += fresh.length;
    return fresh;
  }
}
