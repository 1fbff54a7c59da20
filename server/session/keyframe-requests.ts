import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import type { Clock } from '../session-clock.ts';

/** At most one forced keyframe per this time, whoever asks: each one is a burst on every viewer's link. */
const INTERVAL = millisToMicros(millis(250));

/**
 * For a viewer whose link the encoder does not follow. A link that is too slow for the stream lives on keyframes alone, and
 * four of them a second would take the sharpness, or the smoothness, of everybody else's picture. A guess: a picture every
 * two seconds still tells what is going on.
 */
const SPECTATOR_INTERVAL = millisToMicros(millis(2_000));

/** Merges everybody's requests for keyframes and spaces them. */
export class KeyframeRequests {
  readonly #clock: Clock;
  readonly #ask: () => void;
  #askedAt = -Infinity;
  #dueAt = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, ask: () => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** `isSpectator`: asked for by a viewer whose link the encoder does not follow. */
  request(isSpectator: boolean): void {
    const now = this.#clock.now();
    const dueAt = this.#askedAt + (isSpectator ? SPECTATOR_INTERVAL : INTERVAL);
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
    this.#ask();
  }
}
