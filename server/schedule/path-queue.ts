import type { Micros } from '../../protocol/time.ts';
import { transferTimeUs } from './drop-policy.ts';

/**
 * Messages that have to agree that something waits: one is late whenever the client's thread has other things to do. Sound alone makes a
 * hundred a second in the usual mode, so that three are 30 ms.
 */
const AGREEING = 3;

/** What was sent is remembered for so long, microseconds: longer than anything is under way that is still of use. */
const KEPT_US = 2e6;

/** Sendings remembered at most: 100 Mbit/s in fragments of 16 KB for two seconds. */
const MAX_SENDINGS = 2_048;

interface Met {
  readonly sentAt: number;
  /** All bytes that had left the path when it arrived. */
  readonly before: number;
  readonly delayUs: number;
}

/**
 * How long what is sent now will wait on the path. What is told of a message is as old as the way there and back, and a queue grows or
 * goes in less: so what was sent since is added, and what the path has carried since is taken off. A pure core; microseconds.
 */
export class PathQueue {
  readonly #sendings: { readonly at: number; readonly before: number }[] = [];
  #sentBytes = 0;
  #met: Met[] = [];

  sent(bytes: number, now: Micros): void {
    if (this.#sendings.at(-1)?.at !== now) {
      const isKept = ({ at }: { readonly at: number }): boolean => at > now - KEPT_US;
      if (this.#sendings.length >= MAX_SENDINGS) this.#sendings.shift();
      // One by one: a new list with each picture costs more than all else that is done here.
      while (this.#sendings[0] !== undefined && !isKept(this.#sendings[0])) this.#sendings.shift();
      this.#sendings.push({ at: now, before: this.#sentBytes });
    }
    this.#sentBytes += bytes;
  }

  /**
   * A message that was sent at `sentAt` waited for so long.
   *
   * @param arrivedBytes all bytes of before, where that is known; else what had been sent before that moment
   */
  met(sentAt: Micros, delayUs: number, arrivedBytes?: number): void {
    const before = arrivedBytes ?? this.#sendings.findLast(({ at }) => at <= sentAt)?.before;
    if (before === undefined) return;
    const met = { sentAt, before, delayUs };
    this.#met = [...this.#met, met].sort((a, b) => a.sentAt - b.sentAt).slice(-AGREEING);
  }

  /** The shortest wait of the newest messages that were told of, however long ago; 0 before there are enough. */
  get told(): number {
    if (this.#met.length < AGREEING) return 0;
    return Math.max(0, Math.min(...this.#met.map(({ delayUs }) => delayUs)));
  }

  /** What will be waited for at `now` on a path that carries so much, by the most hopeful of the newest messages; 0 while that is unknown. */
  expected(capacityBps: number, now: Micros): number {
    if (capacityBps === 0 || this.#met.length < AGREEING) return 0;
    const each = this.#met.map(({ sentAt, before, delayUs }) => {
      const since = transferTimeUs(this.#sentBytes - before, capacityBps);
      return delayUs + since - (now - sentAt);
    });
    return Math.max(0, Math.min(...each));
  }
}
