import type { ArrivalReport, Arrivals } from '../worker-messages.ts';

/** Samples kept of each kind: over five minutes of 60 pictures a second. */
const MAX_SAMPLES = 20_000;

/** A message that is complete. */
export interface Arrival {
  /** Capture on the session clock, and the last byte in local time, both µs. */
  readonly captureTime: number;
  readonly receivedAt: number;
  readonly bytes: number;
  readonly budgetMs: number;
}

/** Notes of each picture and each sound packet when it was captured and when it was complete here. Bounded. */
export class ArrivalProbe {
  #video: MutableArrivals = empty();
  #audio: MutableArrivals = empty();

  observe(kind: 'video' | 'audio', { captureTime, receivedAt, bytes, budgetMs }: Arrival): void {
    const arrivals = kind === 'video' ? this.#video : this.#audio;
    if (arrivals.bytes.length >= MAX_SAMPLES) return;
    arrivals.capturedAtMs.push(captureTime / 1_000);
    arrivals.receivedAtMs.push(receivedAt / 1_000);
    arrivals.bytes.push(bytes);
    arrivals.budgetMs.push(budgetMs);
  }

  /** Everything since the last call. */
  take(): Omit<ArrivalReport, 'clock'> {
    const report = { video: this.#video, audio: this.#audio };
    this.#video = empty();
    this.#audio = empty();
    return report;
  }
}

type MutableArrivals = { -readonly [Key in keyof Arrivals]: number[] };

const empty = (): MutableArrivals => ({
  capturedAtMs: [],
  receivedAtMs: [],
  bytes: [],
  budgetMs: [],
});
