import type { LatencyMode, Presentation } from '../../protocol/latency-mode.ts';
import { ArrivalJitter } from '../receive/arrival-jitter.ts';

/** The part of a latency mode that decides when a frame is shown; spans in milliseconds. */
export interface PlayoutSettings {
  readonly presentation: Presentation;
  /** The longest that a frame is held, from its arrival. */
  readonly videoHoldMs: number;
  /** Sound that is held before it plays: how far `synchronized` lags where no sound sets the pace. */
  readonly audioBufferMs: number;
}

/** What a mode says of showing. */
export const playoutOf = ({
  presentation,
  videoHold,
  audioBuffer,
}: LatencyMode): PlayoutSettings => ({
  presentation,
  videoHoldMs: videoHold,
  audioBufferMs: audioBuffer,
});

/** A frame as far as its time of showing depends on it, µs. */
export interface TimedFrame {
  /** Session clock. */
  readonly captureTime: number;
  /** Local time. */
  readonly receivedAt: number;
}

/** Least hold of `jitterBuffer`, µs: what two frames at 30 per second need to swap places. */
const MIN_JITTER_HOLD = 60_000;

/** Frames whose lateness sets the hold: 4 s at 60 per second, and the part of them that is in time. */
const JITTER_FRAMES = 240;
const JITTER_PERCENTILE = 0.97;

/** µs that the delay may move per µs after a change of settings or sound: a picture at half or one and a half times its speed. */
const RAMP_SLOPE = 0.5;
/** How long after a change, µs: enough for the longest way between two modes. */
const RAMP_TIME = 1_500_000;

/** Otherwise `jitterBuffer` falls by 20 ms a second, and `synchronized` moves as slowly as the sound's speed is bent. */
const FALL_SLOPE = 0.02;
const CONSTANT_SLOPE = 0.005;

/** Sound this far from the picture is noticed (ITU-R BT.1359: 45 ms early), so that the picture hurries, µs. */
const LIP_SYNC = 45_000;

/** A delay this close to where it should be is there, µs. */
const ARRIVED = 1_000;

/** A sound clock is believed for so long after it was told, µs: a hidden page tells it once a second. */
const SOUND_FRESH = 2_500_000;

/** Weight of one report of the sound clock: the output's own time stamps come in steps of some ms. */
const SOUND_SMOOTHING = 1 / 8;

/**
 * When each frame is to be shown: at its capture time plus a delay that follows the jitter (`jitterBuffer`) or the sound
 * (`synchronized`; `jitterBuffer` too as far as its bound allows). A pure core; all times in µs.
 *
 * Delays are kept as local time minus session clock, like the transits of ArrivalJitter, so that an estimate of the clock
 * that improves moves no picture.
 */
export class Playout {
  readonly #arrivals = new ArrivalJitter({ percentile: JITTER_PERCENTILE, window: JITTER_FRAMES });
  #settings: PlayoutSettings;
  #shift: number | undefined;
  #movedAt = 0;
  #isHurrying = false;
  #rampUntil = Number.POSITIVE_INFINITY;
  #sound: { readonly shift: number; readonly at: number } | undefined;

  constructor(settings: PlayoutSettings) {
    this.#settings = settings;
  }

  get settings(): PlayoutSettings {
    return this.#settings;
  }

  /** False where frames are shown as they come. */
  get isHolding(): boolean {
    const { presentation } = this.#settings;
    return presentation === 'jitterBuffer' || presentation === 'synchronized';
  }

  /** Takes other settings; the delay glides to theirs, beginning with no delay where nothing was held before. */
  configure(settings: PlayoutSettings, now: number): void {
    const wasHolding = this.isHolding;
    this.#settings = settings;
    if (!wasHolding) this.#shift = undefined;
    this.#rampUntil = now + RAMP_TIME;
    this.#move(now);
  }

  /** Takes an arrival; in every presentation, so that a later one knows the jitter. */
  arrived({ captureTime, receivedAt }: TimedFrame): void {
    const lateness = this.#arrivals.push(captureTime, receivedAt);
    const fastest = this.#arrivals.fastest;
    if (fastest === undefined || !this.isHolding) return;
    if (this.#shift === undefined) {
      this.#shift = fastest;
      this.#movedAt = receivedAt;
      if (this.#rampUntil === Number.POSITIVE_INFINITY) this.#rampUntil = receivedAt + RAMP_TIME;
    }
    this.#move(receivedAt);
    // One that comes after its time is shown at once, and those behind it as late: the picture pauses once.
    if (this.#settings.presentation === 'jitterBuffer') {
      const arrival = fastest + Math.min(lateness, this.#hold);
      if (this.#shift < arrival) this.#shift = arrival;
    }
  }

  /**
   * Takes the sound's own delay.
   *
   * @param shift local time at which a moment of the session clock is heard, minus that moment; undefined: none is heard
   */
  sound(shift: number | undefined, now: number): void {
    if (shift === undefined) {
      this.#sound = undefined;
      return;
    }
    const before = this.#sound?.shift;
    const isSteady = before !== undefined && Math.abs(shift - before) < LIP_SYNC;
    this.#sound = {
      shift: isSteady ? before + (shift - before) * SOUND_SMOOTHING : shift,
      at: now,
    };
  }

  /** The sound's delay as it is believed; undefined while none is heard. */
  soundShift(now: number): number | undefined {
    const sound = this.#sound;
    return sound !== undefined && now - sound.at < SOUND_FRESH ? sound.shift : undefined;
  }

  /** Forgets arrivals and sound: another connection, or another source. */
  reset(): void {
    this.#arrivals.clear();
    this.#shift = undefined;
    this.#sound = undefined;
    this.#rampUntil = Number.POSITIVE_INFINITY;
  }

  /** Local time at which the frame is to be shown; never later than its arrival plus the longest hold. */
  dueAt(frame: TimedFrame, now: number): number {
    if (!this.isHolding) return Number.NEGATIVE_INFINITY;
    this.#move(now);
    const shift = this.#shift ?? Number.NEGATIVE_INFINITY;
    return Math.min(frame.captureTime + shift, frame.receivedAt + this.#hold);
  }

  /** How long a frame that comes without jitter is held now; 0 where none is. */
  get heldFor(): number {
    const fastest = this.#arrivals.fastest;
    if (!this.isHolding || this.#shift === undefined || fastest === undefined) return 0;
    return Math.max(0, this.#shift - fastest);
  }

  get #hold(): number {
    return this.#settings.videoHoldMs * 1000;
  }

  /** Where the delay should be, from the fastest arrival. */
  #target(fastest: number, now: number): number {
    const sound = this.soundShift(now);
    const longest = fastest + this.#hold;
    if (this.#settings.presentation === 'synchronized') {
      const constant = sound ?? fastest + this.#settings.audioBufferMs * 1000;
      return Math.max(fastest, Math.min(longest, constant));
    }
    const own = fastest + Math.max(MIN_JITTER_HOLD, this.#arrivals.jitter);
    return Math.min(longest, Math.max(own, sound ?? own));
  }

  #move(now: number): void {
    const fastest = this.#arrivals.fastest;
    if (fastest === undefined || this.#shift === undefined || now <= this.#movedAt) return;
    const elapsed = now - this.#movedAt;
    this.#movedAt = now;
    const error = this.#target(fastest, now) - this.#shift;
    const step = elapsed * this.#slope(error, now);
    this.#shift += Math.max(-step, Math.min(step, error));
  }

  #slope(error: number, now: number): number {
    // Once it hurries it does so to the end, or it would stop just short of being noticed.
    if (Math.abs(error) > LIP_SYNC) this.#isHurrying = true;
    else if (Math.abs(error) < ARRIVED) this.#isHurrying = false;
    if (now < this.#rampUntil || this.#isHurrying) return RAMP_SLOPE;
    if (this.#settings.presentation === 'synchronized') return CONSTANT_SLOPE;
    return error > 0 ? RAMP_SLOPE : FALL_SLOPE;
  }
}
