import { KeyframeCost } from '../../../server/schedule/keyframe-cost.ts';
import type { EventQueue } from './event-queue.ts';
import type { EncodedPicture } from './simulated-encoder.ts';

/** When a keyframe that was asked for is made: at once, or for a spectator as often as the others' picture pays for (KeyframeRequests). */
export class SimulatedKeyframes {
  readonly #events: EventQueue;
  readonly #isSpectator: boolean;
  readonly #make: (mostBytes: number) => void;
  readonly #cost = new KeyframeCost();
  #madeAt = -Infinity;
  #isPlanned = false;

  constructor(events: EventQueue, isSpectator: boolean, make: (mostBytes: number) => void) {
    this.#events = events;
    this.#isSpectator = isSpectator;
    this.#make = make;
  }

  pictureMade({ bytes, key }: EncodedPicture, frameRate: number): void {
    this.#cost.pictureMade(bytes, key, 1e6 / frameRate);
  }

  request(mostBytes: number): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const dueAt = this.#isSpectator ? this.#madeAt + this.#cost.interval : 0;
    this.#events.after(dueAt - this.#events.now, () => {
      this.#isPlanned = false;
      this.#madeAt = this.#events.now;
      this.#make(mostBytes);
    });
  }
}
