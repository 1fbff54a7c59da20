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

/** Messages of one kind since the last report, in their order of arrival; four lists of the same length. */
export interface Arrivals {
  /** Milliseconds of the session clock. */
  readonly capturedAtMs: readonly number[];
  /** When the last byte came, milliseconds of local time. */
  readonly receivedAtMs: readonly number[];
  readonly bytes: readonly number[];
  /** How old each may become, by its header. */
  readonly budgetMs: readonly number[];
}

/** What arrived since the last report, in the page's `?probe=1` mode. */
export interface ArrivalReport {
  /** Session clock minus local time as estimated now, and by how much that can be wrong. */
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined;
  readonly video: Arrivals;
  readonly audio: Arrivals;
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
