import type { SoundRing } from './ring.ts';

/** All in frames at the output's rate. */
export interface RingPlayerOptions {
  readonly ring: SoundRing;
  /** Fill to hold on average, counted when a block is asked for. */
  readonly target: number;
  /** Fill above which sound is thrown away to catch up. */
  readonly cap: number;
}

/** Largest change of speed: 0.5 % is a pitch change of 9 cents, below what is heard in music and speech. */
const MAX_SLEW = 0.005;

/** Speed change for a fill that is wrong by the whole target. */
const SLEW_GAIN = 0.01;

/** Weight of one block in the average fill; 128 frames at 48 kHz make a time constant of 0.27 s. */
const FILL_SMOOTHING = 0.01;

/** Weight of one block in the speed, so that the pitch glides. */
const RATE_SMOOTHING = 0.05;

/** What an underrun adds to the target, as a part of the first target, and the most that it may grow to, as a part of the cap. */
const TARGET_STEP = 0.25;
const MAX_TARGET = 0.6;

/** Part of the growth of the target that one block without underrun takes back: half of it in about 30 s. */
const TARGET_DECAY = 1 / 16_000;

/** A fill this far from a new target is too far to be bent to it, frames: 20 ms are bent away in 4 s. */
const FAR = 960;

/** Factor per sample by which the last sample fades when there is no more: silent after 5 ms. */
const FADE_OUT = 0.98;

/**
 * A stream that ends in so many frames of silence has paused: a server sends nothing while nothing is heard. 5 ms at 48 kHz; a tone
 * passes through silence in single frames.
 */
const PAUSE_FRAMES = 240;

/** Loudest sample that counts as silence: what decoding leaves of digital silence is below -80 dB. */
const SILENCE = 1e-4;

/** Frames beyond the target that are kept when sound begins, so that its first packet is not cut: 20 ms at 48 kHz, the longest packet. */
const FIRST_PACKET = 960;

/** Frames over which sound begins after silence. */
const FADE_IN = 128;

/**
 * Reads a ring at a speed that keeps its fill near the target, by linear interpolation: sender and sound card run on different
 * clocks, and neither waits for the other. A pure core; `process` is called with each block of the output.
 */
export class RingPlayer {
  readonly #ring: SoundRing;
  #baseTarget: number;
  #cap: number;
  #target: number;
  #isPlaying = false;
  #isFar = false;
  #read = 0;
  #fraction = 0;
  #rate = 1;
  #fill: number;
  #gain = 0;
  #lastLeft = 0;
  #lastRight = 0;
  #silentFrames = 0;
  #underruns = 0;
  #overruns = 0;

  constructor({ ring, target, cap }: RingPlayerOptions) {
    this.#ring = ring;
    this.#baseTarget = target;
    this.#target = target;
    this.#cap = cap;
    this.#fill = target;
    // A player that takes over from another one counts on.
    const { underruns, overruns } = ring.state;
    this.#underruns = underruns;
    this.#overruns = overruns;
  }

  /**
   * Holds another fill from now on: by bending the speed where it is near, else by one fade; what was learnt from underruns
   * under the old one is forgotten.
   */
  configure({ target, cap }: Pick<RingPlayerOptions, 'target' | 'cap'>): void {
    this.#cap = cap;
    if (target === this.#baseTarget) return;
    this.#baseTarget = target;
    this.#target = target;
    this.#isFar = this.#isPlaying && Math.abs(this.#fill - target) > FAR;
  }

  /** The index in the ring of the frame that is played next; undefined while nothing is played. */
  get position(): number | undefined {
    return this.#isPlaying ? this.#read : undefined;
  }

  /** Fills one block of both channels. */
  process(left: Float32Array, right: Float32Array): void {
    const block = left.length;
    const write = this.#ring.writeIndex;
    if (!this.#isPlaying && !this.#begin(write, block)) {
      this.#fadeOut(left, right, 0);
      this.#publish((write - this.#read) | 0);
      return;
    }
    let fill = (write - this.#read) | 0;
    if (this.#isFar) {
      this.#isFar = false;
      if (fill < this.#target) {
        this.#pause(left, right, fill);
        return;
      }
      this.#catchUp(left, right, write);
      return;
    }
    if (fill > this.#cap + block) {
      this.#overruns += 1;
      this.#catchUp(left, right, write);
      return;
    }
    this.#adjust(fill - block / 2);
    let at = 0;
    while (at < block && fill >= 2) {
      this.#writeSample(left, right, at);
      const whole = this.#advance();
      fill -= whole;
      at += 1;
    }
    if (at < block) {
      this.#underrun();
      this.#fadeOut(left, right, at);
    }
    this.#publish(fill);
  }

  /** Starts once enough is there; skips what is older than that, but not the beginning of a sound after a pause. */
  #begin(write: number, block: number): boolean {
    const fill = (write - this.#read) | 0;
    if (fill < this.#target + block) return false;
    const excess = fill - Math.round(this.#target) - block;
    const isAfterPause = this.#silentFrames >= PAUSE_FRAMES;
    if (!isAfterPause || excess > FIRST_PACKET) this.#read = (this.#read + excess) | 0;
    this.#silentFrames = 0;
    this.#fraction = 0;
    this.#fill = this.#target;
    this.#gain = 0;
    this.#isPlaying = true;
    return true;
  }

  #adjust(fill: number): void {
    this.#fill += (fill - this.#fill) * FILL_SMOOTHING;
    this.#target += (this.#baseTarget - this.#target) * TARGET_DECAY;
    const error = (this.#fill - this.#target) / this.#target;
    const slew = Math.max(-MAX_SLEW, Math.min(MAX_SLEW, error * SLEW_GAIN));
    this.#rate += (1 + slew - this.#rate) * RATE_SMOOTHING;
  }

  #writeSample(left: Float32Array, right: Float32Array, at: number): void {
    const ring = this.#ring;
    const index = this.#read;
    const fraction = this.#fraction;
    if (this.#gain < 1) this.#gain = Math.min(1, this.#gain + 1 / FADE_IN);
    const fromLeft = ring.sample(index, 0);
    const fromRight = ring.sample(index, 1);
    this.#lastLeft = (fromLeft + (ring.sample(index + 1, 0) - fromLeft) * fraction) * this.#gain;
    this.#lastRight = (fromRight + (ring.sample(index + 1, 1) - fromRight) * fraction) * this.#gain;
    left[at] = this.#lastLeft;
    right[at] = this.#lastRight;
    const loudness = Math.max(Math.abs(this.#lastLeft), Math.abs(this.#lastRight));
    this.#silentFrames = loudness < SILENCE ? this.#silentFrames + 1 : 0;
  }

  /** Moves on by the current speed; returns how many whole frames that was. */
  #advance(): number {
    this.#fraction += this.#rate;
    const whole = Math.floor(this.#fraction);
    this.#fraction -= whole;
    this.#read = (this.#read + whole) | 0;
    return whole;
  }

  #underrun(): void {
    this.#isPlaying = false;
    if (this.#silentFrames >= PAUSE_FRAMES) return;
    this.#underruns += 1;
    this.#target = Math.min(
      Math.max(this.#baseTarget, this.#cap * MAX_TARGET),
      this.#target + this.#baseTarget * TARGET_STEP,
    );
  }

  #fadeOut(left: Float32Array, right: Float32Array, from: number): void {
    for (let at = from; at < left.length; at += 1) {
      this.#lastLeft *= FADE_OUT;
      this.#lastRight *= FADE_OUT;
      left[at] = this.#lastLeft;
      right[at] = this.#lastRight;
    }
  }

  #catchUp(left: Float32Array, right: Float32Array, write: number): void {
    this.#jump(left, right, write);
    this.#fill = this.#target;
    this.#publish(this.#target);
  }

  /** Fades out within the block and waits for more, to begin again with the new target. */
  #pause(left: Float32Array, right: Float32Array, fill: number): void {
    const block = Math.min(left.length, Math.max(0, fill - 1));
    left.fill(0);
    right.fill(0);
    for (let at = 0; at < block; at += 1) {
      const gain = 1 - at / block;
      left[at] = this.#ring.sample(this.#read + at, 0) * gain;
      right[at] = this.#ring.sample(this.#read + at, 1) * gain;
    }
    this.#read = (this.#read + block) | 0;
    this.#isPlaying = false;
    [this.#lastLeft, this.#lastRight] = [0, 0];
    this.#publish(fill - block);
  }

  /** Catches up: fades within the block from where it was to where it should be. */
  #jump(left: Float32Array, right: Float32Array, write: number): void {
    const ring = this.#ring;
    const from = this.#read;
    const block = left.length;
    const to = (write - Math.round(this.#target) - block) | 0;
    for (let at = 0; at < block; at += 1) {
      const mix = at / block;
      left[at] = ring.sample(from + at, 0) * (1 - mix) + ring.sample(to + at, 0) * mix;
      right[at] = ring.sample(from + at, 1) * (1 - mix) + ring.sample(to + at, 1) * mix;
    }
    this.#read = (to + block) | 0;
    this.#fraction = 0;
  }

  #publish(fill: number): void {
    this.#ring.publish(this.#read, {
      fill: Math.max(0, fill),
      target: this.#target,
      underruns: this.#underruns,
      overruns: this.#overruns,
      ratePpm: (this.#rate - 1) * 1e6,
    });
  }
}
