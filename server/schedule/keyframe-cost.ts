import { micros, type Micros } from '../../protocol/time.ts';

/** Sizes are averages over about so many of their kind, as the queue's own of keyframes. */
const KEYFRAME_WEIGHT = 1 / 2;
const PICTURE_WEIGHT = 1 / 30;

/**
 * What keyframes for those who watch on a slow link may cost everybody else: a share of the encoder's bits. A guess: at 8 Mbit/s and
 * 60 pictures a second it pays for three keyframes of 46 KB a second. To be measured: from which share on a controller's picture gets
 * visibly worse.
 */
const SHARE = 0.15;

/** At most one keyframe in this time, whoever asks, and at least one: a picture every two seconds still tells what goes on. */
const SHORTEST_US = 250e3;
const LONGEST_US = 2e6;

/** Learns what a keyframe costs beyond the picture whose place it takes, and how often that may be paid. A pure core. */
export class KeyframeCost {
  #keyframeBytes = 0;
  #pictureBytes = 0;
  #pictureUs = 0;

  /** A picture was made. `durationUs`: since the one before; 0 when unknown. */
  pictureMade(bytes: number, isKey: boolean, durationUs: number): void {
    if (isKey) {
      this.#keyframeBytes = average(this.#keyframeBytes, bytes, KEYFRAME_WEIGHT);
      return;
    }
    this.#pictureBytes = average(this.#pictureBytes, bytes, PICTURE_WEIGHT);
    if (durationUs > 0) this.#pictureUs = average(this.#pictureUs, durationUs, PICTURE_WEIGHT);
  }

  /** The time between two keyframes for spectators, 250 ms to 2 s; 2 s while nothing is known. */
  get interval(): Micros {
    if (this.#keyframeBytes === 0 || this.#pictureBytes === 0) return micros(LONGEST_US);
    const extraBytes = Math.max(0, this.#keyframeBytes - this.#pictureBytes);
    const affordable = (extraBytes * this.#pictureUs) / (SHARE * this.#pictureBytes);
    return micros(Math.round(Math.min(LONGEST_US, Math.max(SHORTEST_US, affordable))));
  }
}

const average = (mean: number, value: number, weight: number): number =>
  mean === 0 ? value : mean + (value - mean) * weight;
