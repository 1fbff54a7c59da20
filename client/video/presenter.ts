/** What to do with a frame that was just decoded. */
export type Presentation =
  | { readonly type: 'show' }
  /** `late`: the server said not to show it; `superseded`: a newer one will be there before this one would be drawn. */
  | { readonly type: 'skip'; readonly reason: 'late' | 'superseded' };

/** What is known when a frame leaves the decoder; times in µs. */
export interface DecodedFrame {
  readonly now: number;
  readonly late: boolean;
  /** When this frame went into the decoder. */
  readonly submittedAt: number;
  /** When the newest frame still inside the decoder went in; undefined when it is empty. */
  readonly newestSubmittedAt: number | undefined;
}

/** Weight of a new measurement in the two moving averages. */
const SMOOTHING = 1 / 8;

/** Longest time without a new picture while frames are skipped, µs: two frames at 30 per second still look like motion. */
const LONGEST_SKIP = 66_000;

/**
 * Longest time without a new picture before one that came too late is shown all the same, µs. A freeze is noticed from about
 * 100 ms on, and a link on which every frame is late would otherwise show none for as long as it lasts.
 */
const LONGEST_FREEZE = 100_000;

/** Guess of the first draw, µs; measured 4.8 ms for 720p into a canvas without a graphics card. */
const FIRST_DRAW_TIME = 5_000;

/** Guess of the first decode, µs; measured 1.0 ms for 720p in software. */
const FIRST_DECODE_TIME = 2_000;

/**
 * Decides which decoded frames are drawn, in the latency modes that hold nothing back: the newest frame wins. A frame is
 * skipped only when a newer one is expected out of the decoder before this one would be on the canvas; without that, a canvas
 * slower than the stream gathers seconds of delay. A pure core.
 */
export class Presenter {
  #drawTime = FIRST_DRAW_TIME;
  #decodeTime = FIRST_DECODE_TIME;
  #shownAt = Number.NEGATIVE_INFINITY;

  decide(frame: DecodedFrame): Presentation {
    const { now, late, submittedAt, newestSubmittedAt } = frame;
    this.#decodeTime += (now - submittedAt - this.#decodeTime) * SMOOTHING;
    if (late && now - this.#shownAt < LONGEST_FREEZE) return { type: 'skip', reason: 'late' };
    const isNewerSoon =
      newestSubmittedAt !== undefined &&
      newestSubmittedAt + this.#decodeTime < now + this.#drawTime;
    if (isNewerSoon && now - this.#shownAt < LONGEST_SKIP) {
      return { type: 'skip', reason: 'superseded' };
    }
    this.#shownAt = now;
    return { type: 'show' };
  }

  /** Tells how long drawing took, µs. */
  drawn(duration: number): void {
    this.#drawTime += (duration - this.#drawTime) * SMOOTHING;
  }
}
