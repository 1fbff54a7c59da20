import type { EventQueue } from './event-queue.ts';

/** One direction of a path. */
export interface PathOptions {
  /** Bits per second at a moment in milliseconds. */
  readonly rateBps: (atMs: number) => number;
  readonly oneWayMs: number;
  /** What may wait; more is dropped at the tail. Default: 300 ms of the rate at the start, as in the lab. */
  readonly queueBytes?: number;
  /** Share of packets that are lost behind the bottleneck. */
  readonly loss?: number;
  /** More delay, from 0 to this, drawn anew every 20 ms; order is kept. */
  readonly jitterMs?: number;
}

/** A queue with a rate and a bound, then loss, delay and jitter: the lab's link in simulated time. */
export class Bottleneck {
  readonly #events: EventQueue;
  readonly #options: PathOptions;
  readonly #random: () => number;
  readonly #queueBytes: number;
  readonly #waiting: { readonly bytes: number; readonly arrive: (() => void) | undefined }[] = [];
  #queued = 0;
  #isServing = false;
  #lastArrival = 0;
  #slot = -1;
  #jitterUs = 0;

  constructor(events: EventQueue, options: PathOptions, random: () => number) {
    this.#events = events;
    this.#options = options;
    this.#random = random;
    this.#queueBytes = options.queueBytes ?? Math.max(15_000, (options.rateBps(0) / 8) * 0.3);
  }

  get queuedBytes(): number {
    return this.#queued;
  }

  /** `arrive` is called when the packet reaches the other end, if it does. */
  enter(bytes: number, arrive?: () => void): void {
    if (this.#queued + bytes > this.#queueBytes) return;
    this.#queued += bytes;
    this.#waiting.push({ bytes, arrive });
    if (!this.#isServing) this.#serve();
  }

  #serve(): void {
    const packet = this.#waiting.shift();
    this.#isServing = packet !== undefined;
    if (packet === undefined) return;
    const rate = this.#options.rateBps(this.#events.now / 1000);
    this.#events.after((packet.bytes * 8e6) / rate, () => {
      this.#queued -= packet.bytes;
      const isLost = this.#random() < (this.#options.loss ?? 0);
      if (!isLost && packet.arrive) this.#deliver(packet.arrive);
      this.#serve();
    });
  }

  #deliver(arrive: () => void): void {
    const { now } = this.#events;
    const slot = Math.floor(now / 20_000);
    if (slot !== this.#slot) {
      this.#slot = slot;
      this.#jitterUs = this.#random() * (this.#options.jitterMs ?? 0) * 1000;
    }
    const at = now + this.#options.oneWayMs * 1000 + this.#jitterUs;
    this.#lastArrival = Math.max(this.#lastArrival, at);
    this.#events.after(this.#lastArrival - now, arrive);
  }
}
