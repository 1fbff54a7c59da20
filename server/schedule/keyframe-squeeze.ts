import type { Micros } from '../../protocol/time.ts';

/**
 * What a keyframe takes of the encoder's rate, seconds, before one was seen: x264's buffer, and 300 % of a picture of libvpx at 60 a second
 * (gst/h264-encoders.ts, gst/vpx-encoders.ts).
 */
const KEYFRAME_SECONDS = 0.05;

/**
 * Nor is an encoder asked for a smaller share of its rate: at their coarsest libvpx and openh264 make 60 and 105 KB of 720p of dense text
 * whatever the rate (measured), where x264 goes down with it to 5 KB.
 */
const LEAST_SHARE = 1 / 16;

/** The share is an average over about so many keyframes. */
const WEIGHT = 1 / 2;

/** No keyframe is made smaller for anybody: 720p of text is a blur then, which the next pictures sharpen. A guess. */
const LEAST_BYTES = 10_000;

/** From the request to the keyframe an encoder takes 20 to 50 ms (measured), a busy one more; whatever happens, this long at most. */
const LONGEST_US = 400e3;

/**
 * Lowers an encoder's rate for one keyframe, so that it is no larger than somebody's link takes in time, and gives the rate back when it
 * is made. A pure core.
 */
export class KeyframeSqueeze {
  #seconds = KEYFRAME_SECONDS;
  #bps: number | undefined;
  #until = -Infinity;

  /** The rate to set for a keyframe of at most `mostBytes`, bits per second; undefined when it is no larger anyway. */
  begin(mostBytes: number, askedBps: number, now: Micros): number | undefined {
    const wanted = (Math.max(LEAST_BYTES, mostBytes) * 8) / this.#seconds;
    const bps = Math.max(LEAST_SHARE * askedBps, wanted);
    if (bps >= askedBps) return undefined;
    this.#bps = Math.round(bps);
    this.#until = now + LONGEST_US;
    return this.#bps;
  }

  /** Whether the encoder has the lower rate. */
  get isOn(): boolean {
    return this.#bps !== undefined;
  }

  /** A keyframe was made by an encoder that is asked for `askedBps` otherwise. Whether it is to have that rate again. */
  keyframeMade(bytes: number, askedBps: number): boolean {
    const seconds = (bytes * 8) / (this.#bps ?? askedBps);
    this.#seconds += (seconds - this.#seconds) * WEIGHT;
    return this.#end();
  }

  /** Lets time pass. Whether the encoder is to have its rate again without a keyframe. */
  tick(now: Micros): boolean {
    return now > this.#until && this.#end();
  }

  #end(): boolean {
    const wasOn = this.isOn;
    this.#bps = undefined;
    return wasOn;
  }
}
