import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import { KeyframeCost } from '../schedule/keyframe-cost.ts';
import type { Clock } from '../session-clock.ts';

/** At most one forced keyframe per this time, whoever asks: each one is a burst on every viewer's link. */
const INTERVAL = millisToMicros(millis(250));

/** Merges everybody's requests for keyframes and spaces them. */
export class KeyframeRequests {
  readonly #clock: Clock;
  readonly #ask: (mostBytes: number) => void;
  readonly #cost = new KeyframeCost();
  #askedAt = -Infinity;
  #dueAt = Infinity;
  /** Of all that it was asked for. */
  #mostBytes = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, ask: (mostBytes: number) => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** The encoder has made a picture: what a keyframe costs is learned from them all. */
  pictureMade(bytes: number, isKey: boolean, durationUs: number): void {
    this.#cost.pictureMade(bytes, isKey, durationUs);
  }

  /**
   * `isSpectator`: asked for by a viewer whose link the encoder does not follow. A link that is too slow for the stream lives on
   * keyframes alone: it gets as many as cost the others little. `mostBytes`: the largest that its link takes in time.
   */
  request(isSpectator: boolean, mostBytes: number): void {
    this.#mostBytes = Math.min(this.#mostBytes, mostBytes);
    const now = this.#clock.now();
    const dueAt = this.#askedAt + (isSpectator ? this.#cost.interval : INTERVAL);
    if (dueAt <= now) this.#askNow(now);
    else if (dueAt < this.#dueAt) this.#wait(dueAt, now);
  }

  /** Nothing is asked for any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(dueAt: number, now: Micros): void {
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#askNow(this.#clock.now()), (dueAt - now) / 1000);
  }

  #askNow(now: Micros): void {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    this.#askedAt = now;
    const mostBytes = this.#mostBytes;
    this.#mostBytes = Infinity;
    this.#ask(mostBytes);
  }
}
