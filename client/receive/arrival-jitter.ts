/** Which jitter is looked for, among how many messages. */
export interface ArrivalJitterOptions {
  /** The part of messages that a buffer of `jitter` is early enough for, 0 to 1. */
  readonly percentile: number;
  /** Messages looked back at, at most. */
  readonly window: number;
}

/** How far back the fastest way counts, µs: two clocks that drift 50 ppm apart are 0.5 ms off after it. */
const WINDOW = 10_000_000;

/** A transit that is this much off all others is another timeline (a source that was started again), µs. */
const TIMELINE_JUMP = 1_000_000;

/** How fast a jitter that is over is forgotten, µs per s: nobody hears or sees a buffer shrink so slowly. */
const FALL_PER_SECOND = 20_000;

/** Messages between two looks at the window: sorting it for each one would be waste. */
const LOOK_EVERY = 8;

interface Transit {
  readonly at: number;
  readonly span: number;
}

/**
 * How much later than the fastest one the messages of a flow arrive. Capture times are on the server's clock and arrivals on
 * ours: only differences count, so that no estimate of the clock is needed. A pure core; all times in µs.
 */
export class ArrivalJitter {
  readonly #options: ArrivalJitterOptions;
  #transits: Transit[] = [];
  #fastest: number | undefined;
  #jitter = 0;
  #fellAt = 0;
  #sinceLook = 0;

  constructor(options: ArrivalJitterOptions) {
    this.#options = options;
  }

  /** Takes a message. Returns by how much it came later than the fastest one. */
  push(captureTime: number, receivedAt: number): number {
    const span = receivedAt - captureTime;
    if (this.#fastest !== undefined && Math.abs(span - this.#fastest) > TIMELINE_JUMP) this.clear();
    this.#transits.push({ at: receivedAt, span });
    if (this.#transits.length > this.#options.window) this.#transits.shift();
    if (this.#fastest === undefined || span < this.#fastest) this.#fastest = span;
    this.#sinceLook += 1;
    if (this.#sinceLook >= LOOK_EVERY) this.#look(receivedAt);
    return span - this.#fastest;
  }

  /** Local arrival minus capture time of the fastest message of the last 10 s; undefined before the first. */
  get fastest(): number | undefined {
    return this.#fastest;
  }

  /** The percentile of the lateness against the fastest: up at once, down by 20 ms per second. */
  get jitter(): number {
    return this.#jitter;
  }

  /** Another timeline begins. */
  clear(): void {
    this.#transits = [];
    this.#fastest = undefined;
    this.#sinceLook = 0;
  }

  #look(now: number): void {
    this.#sinceLook = 0;
    this.#transits = this.#transits.filter(({ at }) => at > now - WINDOW);
    const spans = this.#transits.map(({ span }) => span).sort((a, b) => a - b);
    const fastest = spans[0] ?? 0;
    this.#fastest = fastest;
    const rank = Math.min(spans.length - 1, Math.floor(spans.length * this.#options.percentile));
    const wanted = (spans[rank] ?? fastest) - fastest;
    const fallen = this.#jitter - ((now - this.#fellAt) / 1e6) * FALL_PER_SECOND;
    this.#fellAt = now;
    this.#jitter = Math.max(wanted, fallen, 0);
  }
}
