import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import type { PictureSize } from '../schedule/encoder-rate.ts';

/** Nothing counts as still that changed within this time: shorter pauses, as between two keys, are not worth a halt. A guess. */
const SETTLED = millisToMicros(millis(100));

/**
 * After a change the encoder, kept at its bit rate, sharpens the same picture again and again. A picture that took less than this
 * per pixel had nothing left to add: x264 at 720p needs 0.0026 to 0.0038 then, and twice that and more before (measured
 * at 4 Mbit/s, a page of text from 21 to 68 dB).
 */
const FINISHED_BITS_PER_PIXEL = 0.005;

/** So many in a row, since the rate control of an encoder takes a breath after a large picture. */
const FINISHED_PICTURES = 3;

/**
 * The longest time of sharpening. At 1 Mbit/s, where a page of text takes longest, 720p is at 44 dB after 1.7 s and at 56 dB
 * after 2.7 s (measured); an encoder that never comes to rest ends here.
 */
const LONGEST = millisToMicros(millis(2_500));

/**
 * Knows whether there is anything left to encode: the screen has not changed for a while, and its last picture is as sharp as the
 * encoder makes it. A pure core; times in session-clock microseconds.
 */
export class Stillness {
  /** Undefined while nobody knows what changes. */
  #disturbedAt: Micros | undefined;
  #hasPicture = false;
  #finished = 0;

  /** The screen has changed, or its changes are told from now on. */
  changed(now: Micros): void {
    this.#disturbedAt = now;
    this.#hasPicture = false;
    this.#finished = 0;
  }

  /** A picture is needed although the screen has not changed. */
  pictureWanted(now: Micros): void {
    if (this.#disturbedAt !== undefined) this.changed(now);
  }

  /** Changes of the screen are not told any more. */
  unwatched(): void {
    this.#disturbedAt = undefined;
  }

  /** A picture was made of the screen as it was at `captureTime`. */
  pictureMade(captureTime: Micros, bytes: number, { width, height }: PictureSize): void {
    if (this.#disturbedAt === undefined || captureTime <= this.#disturbedAt) return;
    this.#hasPicture = true;
    const isFinished = bytes * 8 < FINISHED_BITS_PER_PIXEL * width * height;
    this.#finished = isFinished ? this.#finished + 1 : 0;
  }

  isStill(now: Micros): boolean {
    if (this.#disturbedAt === undefined || !this.#hasPicture) return false;
    const since = now - this.#disturbedAt;
    return since >= LONGEST || (since >= SETTLED && this.#finished >= FINISHED_PICTURES);
  }
}
