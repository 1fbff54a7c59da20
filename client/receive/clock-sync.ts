/**
 * Estimates the session clock from PING and PONG, as NTP does (RFC 5905, section 8): of the recent exchanges the one with
 * the smallest round trip is trusted, because queues only ever make both wrong together.
 *
 *   local   t0 ----ping---->          ----pong----> t3
 *   session            t1 (server) t2
 */
export class ClockSync {
  #samples: Sample[] = [];
  #smoothedRtt: number | undefined;

  /**
   * Takes one exchange; all in µs. Ignores one that cannot be (clocks that ran backwards).
   *
   * @param exchange t0 and t3 in local time, t1 and t2 on the session clock
   */
  add(exchange: {
    readonly t0: number;
    readonly t1: number;
    readonly t2: number;
    readonly t3: number;
  }): void {
    const { t0, t1, t2, t3 } = exchange;
    const rtt = t3 - t0 - (t2 - t1);
    if (rtt < 0 || t2 < t1) return;
    const offset = (t1 - t0 + (t2 - t3)) / 2;
    this.#samples = this.#samples.filter((sample) => sample.at > t3 - WINDOW);
    this.#samples.push({ at: t3, rtt, offset });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    this.#smoothedRtt =
      this.#smoothedRtt === undefined ? rtt : this.#smoothedRtt + (rtt - this.#smoothedRtt) / 8;
  }

  /** Session clock minus local time, µs; undefined before the first exchange. */
  get offset(): number | undefined {
    return this.#best()?.offset;
  }

  /** Half of the trusted exchange's round trip: the offset is at most this wrong, µs. */
  get uncertainty(): number | undefined {
    const best = this.#best();
    return best === undefined ? undefined : best.rtt / 2;
  }

  /** The smallest round trip of the window, µs. */
  get minRtt(): number | undefined {
    return this.#best()?.rtt;
  }

  /** Round trip smoothed by 1/8 (RFC 6298), µs. */
  get smoothedRtt(): number | undefined {
    return this.#smoothedRtt;
  }

  #best(): Sample | undefined {
    let best: Sample | undefined;
    for (const sample of this.#samples) {
      if (best === undefined || sample.rtt <= best.rtt) best = sample;
    }
    return best;
  }
}

interface Sample {
  readonly at: number;
  readonly rtt: number;
  readonly offset: number;
}

/** µs that an exchange stays trusted: two clocks that drift 50 ppm apart are 0.75 ms off after it. */
const WINDOW = 15_000_000;

/** Bound on the samples of a window: it holds 30 at the usual two pings a second. */
const MAX_SAMPLES = 64;
