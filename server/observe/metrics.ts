/**
 * Named numbers about the running server: what happened (counters), how things stand (gauges), how values are spread
 * (histograms). Names end in their unit or in `_total` (https://prometheus.io/docs/practices/naming/). Nothing here carries
 * an id, an address or anything else of one user: series are few and their number is known when the code is written.
 */

/** Counts up only. */
export interface Counter {
  /** Adds `by`, a finite number of at least 0; 1 unless given. */
  add(by?: number): void;
  readonly value: number;
}

/** Goes up and down. */
export interface Gauge {
  set(value: number): void;
  add(by: number): void;
  readonly value: number;
}

/** Counts values by the bucket that they fall into. */
export interface Histogram {
  observe(value: number): void;
  readonly count: number;
  readonly sum: number;
}

/** Labels tell series of one name apart, for example by a reason; their values come from the code, never from a client. */
export type Labels = Readonly<Record<string, string>>;

/** One series at one moment. */
export type MetricSnapshot =
  | {
      readonly type: 'counter' | 'gauge';
      readonly name: string;
      readonly help: string;
      readonly labels: Labels;
      readonly value: number;
    }
  | {
      readonly type: 'histogram';
      readonly name: string;
      readonly help: string;
      readonly labels: Labels;
      readonly count: number;
      readonly sum: number;
      /** Values at most `upperBound` that are in no bucket before; the last bound is Infinity. */
      readonly buckets: readonly { readonly upperBound: number; readonly count: number }[];
    };

/** A registry full of series means a label with unbounded values: refused loudly rather than grown silently. */
const MAX_SERIES = 1_000;

const NAME = /^[a-z][a-z0-9_]*$/;

type Series = { snapshot(): MetricSnapshot } & (CounterSeries | GaugeSeries | HistogramSeries);

/** The registry. Asking again for a name with the same labels gives the same series. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  counter(name: string, help: string, labels: Labels = {}): Counter {
    return this.#obtain(
      CounterSeries,
      { name, help, labels },
      () => new CounterSeries({ name, help, labels }),
    );
  }

  gauge(name: string, help: string, labels: Labels = {}): Gauge {
    return this.#obtain(
      GaugeSeries,
      { name, help, labels },
      () => new GaugeSeries({ name, help, labels }),
    );
  }

  /** `bounds`: inclusive upper ends of the buckets, rising; a last one for everything above is added. */
  histogram(identity: SeriesIdentity, bounds: readonly number[]): Histogram {
    return this.#obtain(HistogramSeries, identity, () => new HistogramSeries(identity, bounds));
  }

  /** Every series as it stands, in the order in which they were made. */
  snapshot(): MetricSnapshot[] {
    return [...this.#series.values()].map((series) => series.snapshot());
  }

  #obtain<T extends Series>(
    kind: abstract new (...parameters: never[]) => T,
    { name, labels = {} }: SeriesIdentity,
    make: () => T,
  ): T {
    const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`;
    const existing = this.#series.get(key);
    if (existing instanceof kind) return existing;
    if (existing !== undefined) throw new TypeError(`metric ${name}: already made as another kind`);
    if (!NAME.test(name)) throw new TypeError(`metric name: expected ${String(NAME)}, got ${name}`);
    if (this.#series.size >= MAX_SERIES) {
      throw new RangeError(`metric ${name}: expected at most ${MAX_SERIES} series`);
    }
    const made = make();
    this.#series.set(key, made);
    return made;
  }
}

/** What names a series. */
export interface SeriesIdentity {
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  readonly labels?: Labels;
}

class CounterSeries implements Counter {
  readonly #identity: Required<SeriesIdentity>;
  #value = 0;

  constructor(identity: Required<SeriesIdentity>) {
    this.#identity = identity;
  }

  get value(): number {
    return this.#value;
  }

  add(by = 1): void {
    if (!(by >= 0 && Number.isFinite(by))) {
      throw new RangeError(
        `counter ${this.#identity.name}: expected a step of at least 0, got ${by}`,
      );
    }
    this.#value += by;
  }

  snapshot(): MetricSnapshot {
    return { type: 'counter', ...this.#identity, value: this.#value };
  }
}

class GaugeSeries implements Gauge {
  readonly #identity: Required<SeriesIdentity>;
  #value = 0;

  constructor(identity: Required<SeriesIdentity>) {
    this.#identity = identity;
  }

  get value(): number {
    return this.#value;
  }

  set(value: number): void {
    this.#value = value;
  }

  add(by: number): void {
    this.#value += by;
  }

  snapshot(): MetricSnapshot {
    return { type: 'gauge', ...this.#identity, value: this.#value };
  }
}

class HistogramSeries implements Histogram {
  readonly #identity: SeriesIdentity;
  readonly #buckets: { readonly upperBound: number; count: number }[];
  #sum = 0;
  #count = 0;

  constructor(identity: SeriesIdentity, bounds: readonly number[]) {
    const isRising = bounds.every((bound, i) => bound > (bounds[i - 1] ?? -Infinity));
    if (!isRising || bounds.some((bound) => !Number.isFinite(bound))) {
      throw new RangeError(
        `histogram ${identity.name}: expected finite rising bounds, got ${bounds.join(' ')}`,
      );
    }
    this.#identity = identity;
    this.#buckets = [...bounds, Infinity].map((upperBound) => ({ upperBound, count: 0 }));
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  observe(value: number): void {
    const bucket = this.#buckets.find(({ upperBound }) => value <= upperBound);
    // NaN fits no bucket; a measurement that went wrong is not a value.
    if (bucket === undefined) return;
    bucket.count += 1;
    this.#count += 1;
    this.#sum += value;
  }

  snapshot(): MetricSnapshot {
    const { name, help, labels = {} } = this.#identity;
    const buckets = this.#buckets.map((bucket) => ({ ...bucket }));
    return { type: 'histogram', name, help, labels, count: this.#count, sum: this.#sum, buckets };
  }
}
