import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PauseCounters } from '../session/encoder-steering.ts';
import type { ViewerStatus } from '../session/viewer-status.ts';

/** Upper ends of buckets of round trips and queues, seconds: from one machine to a satellite. */
const PATH_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 1, 2];

const MICROS = 1e6;

/** What of the session is looked at. */
export interface LinkedSession {
  readonly viewers: readonly ViewerStatus[];
  readonly pauses: PauseCounters;
  readonly askedBps: number;
}

interface SeenPackets {
  readonly lost: number;
  readonly sent: number;
}

/** What is known of the links of all viewers together, once a second; of nobody alone. */
export class LinkMetrics {
  readonly #session: LinkedSession;
  readonly #packets = new WeakMap<object, SeenPackets>();
  readonly #pausesSeen = new Map<string, number>();
  readonly #asked: Gauge;
  readonly #target: Gauge<'transport'>;
  readonly #delivered: Gauge<'transport'>;
  readonly #roundTrip: Histogram<'transport'>;
  readonly #queue: Histogram<'transport'>;
  readonly #lost: Counter<'transport'>;
  readonly #sent: Counter<'transport'>;
  readonly #pauses: Counter<'reason'>;

  constructor(registry: Registry, session: LinkedSession) {
    this.#session = session;
    const registers = [registry];
    const labelNames = ['transport'] as const;
    const named = (name: string, help: string) => ({ name: `oriel_${name}`, help, registers });
    this.#asked = new Gauge(named('encoder_asked_bits_per_second', 'What the encoder aims at.'));
    this.#target = new Gauge({
      ...named('target_bits_per_second', 'Sum of what rate control allows each viewer.'),
      labelNames,
    });
    this.#delivered = new Gauge({
      ...named('delivered_bits_per_second', 'Sum of what arrived lately.'),
      labelNames,
    });
    this.#roundTrip = new Histogram({
      ...named('link_round_trip_seconds', 'Round trip of each viewer, sampled once a second.'),
      labelNames,
      buckets: PATH_BUCKETS,
    });
    this.#queue = new Histogram({
      ...named('link_queue_seconds', 'Queueing delay of each link, sampled once a second.'),
      labelNames,
      buckets: PATH_BUCKETS,
    });
    this.#lost = new Counter({
      ...named('packets_lost_total', 'Packets that the transport below lost.'),
      labelNames,
    });
    this.#sent = new Counter({
      ...named('packets_sent_total', 'Packets that it sent.'),
      labelNames,
    });
    this.#pauses = new Counter({
      ...named('encoder_pauses_total', 'Times that encoding was halted.'),
      labelNames: ['reason'] as const,
    });
  }

  /** Looks at every viewer; called once a second. */
  look(): void {
    const { viewers, pauses, askedBps } = this.#session;
    this.#asked.set(askedBps);
    this.#target.reset();
    this.#delivered.reset();
    for (const { viewer, transport, carried, path } of viewers) {
      this.#target.inc({ transport }, carried.targetBps);
      this.#delivered.inc({ transport }, carried.deliveredBps);
      if (path !== undefined && path.smoothedRtt > 0) {
        this.#roundTrip.observe({ transport }, path.smoothedRtt / MICROS);
        this.#queue.observe({ transport }, Math.max(0, path.queueDelay) / MICROS);
      }
      const { lostPackets: lost = 0, sentPackets: sent = 0 } = carried;
      const before = this.#packets.get(viewer);
      this.#packets.set(viewer, { lost, sent });
      this.#lost.inc({ transport }, Math.max(0, lost - (before?.lost ?? 0)));
      this.#sent.inc({ transport }, Math.max(0, sent - (before?.sent ?? 0)));
    }
    for (const [reason, count] of Object.entries(pauses)) {
      this.#pauses.inc({ reason }, count - (this.#pausesSeen.get(reason) ?? 0));
      this.#pausesSeen.set(reason, count);
    }
  }
}
