import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FaultCode } from '../http/fault.ts';
import type { AccessUnit } from '../ingest/access-unit.ts';
import type { MediaSource } from '../media/media-source.ts';
import type { ObservedViewer, SessionObserver } from '../session/session-observer.ts';

/** Upper ends of the buckets of latencies, seconds: fine around one frame, coarse where nobody works any more. */
const LATENCY_BUCKETS = [
  0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2,
];

/** Microseconds in a second: the unit of the session clock, and the unit of metrics (https://prometheus.io/docs/practices/naming/). */
const MICROS = 1e6;

/** What a source counts itself. */
export type CountedSource = Pick<MediaSource, 'faults' | 'restarts' | 'isRunning'>;

/**
 * The numbers of the running gateway, in one registry. Labels tell reasons, stages, transports and roles apart: their values come from the
 * code, never from a client, and nothing carries an id, an address or anything else of one user.
 */
export class GatewayMetrics implements SessionObserver {
  readonly registry = new Registry();
  readonly #viewers = this.#gauge('viewers', 'Connections that have joined.', [
    'transport',
    'role',
  ]);
  readonly #joined = this.#counter('joins_total', 'Connections that joined.', ['transport']);
  readonly #left = this.#counter('leaves_total', 'Connections that ended.', ['transport', 'clean']);
  readonly #moves = this.#counter('transport_moves_total', 'Moves, by where to.', ['transport']);
  readonly #denied = this.#counter(
    'units_denied_total',
    'Units that a client sent and may not send in its role.',
    ['unit'],
  );
  readonly #refused = this.#counter(
    'requests_refused_total',
    'HTTP requests, logins and upgrades that were refused.',
    ['code'],
  );
  readonly #dropped = this.#counter(
    'messages_dropped_total',
    'Messages that were not sent to a viewer.',
    ['reason'],
  );
  readonly #unused = this.#counter(
    'client_unused_total',
    'What clients say they did not use of what they got.',
    ['reason'],
  );
  readonly #keyframesWanted = this.#counter(
    'keyframes_wanted_total',
    'Requests for a keyframe, before they are merged.',
    ['cause'],
  );
  readonly #encoded = this.#counter('encoded_total', 'Access units that encoders made.', ['kind']);
  readonly #encodedBytes = this.#counter('encoded_bytes_total', 'Bytes of them.', ['kind']);
  readonly #keyframes = this.#counter('keyframes_total', 'Keyframes that encoders made.', []);
  readonly #sent = this.#counter('pictures_sent_total', 'Pictures handed to the wire.', []);
  readonly #faults = this.#counter(
    'ingest_faults_total',
    'What was wrong with the output of an encoder.',
    ['source', 'fault'],
  );
  readonly #restarts = this.#counter(
    'encoder_restarts_total',
    'Encoders that were started again.',
    ['source'],
  );
  readonly #running = this.#gauge('encoder_running', '1 while an encoder delivers, or could.', [
    'source',
  ]);
  readonly #stages = this.#histogram(
    'stage_seconds',
    'Time of a picture in each stage; network, decode and present as clients say.',
    ['stage'],
  );
  readonly #shown = this.#histogram(
    'shown_latency_seconds',
    'From capture to shown, as clients say.',
    ['transport'],
  );
  readonly #captureStage = this.#stages.labels('capture');
  readonly #queueStage = this.#stages.labels('queue');
  readonly #sendStage = this.#stages.labels('send');
  readonly #encodeStage = this.#stages.labels('encode');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  joined({ transport, role, hasMoved }: ObservedViewer): void {
    this.#viewers.inc({ transport, role });
    this.#joined.inc({ transport });
    if (hasMoved) this.#moves.inc({ transport });
  }

  left({ transport, role }: ObservedViewer, { clean }: { readonly clean: boolean }): void {
    this.#viewers.dec({ transport, role });
    this.#left.inc({ transport, clean: String(clean) });
  }

  denied(unit: string): void {
    this.#denied.inc({ unit });
  }

  dropped(reason: string, count: number): void {
    this.#dropped.inc({ reason }, count);
  }

  unused(reason: string, count: number): void {
    this.#unused.inc({ reason }, count);
  }

  keyframeWanted(cause: string): void {
    this.#keyframesWanted.inc({ cause });
  }

  changeCaptured(waitedUs: number): void {
    this.#captureStage.observe(waitedUs / MICROS);
  }

  pictureSent(queuedUs: number, sendingUs: number): void {
    this.#sent.inc();
    this.#queueStage.observe(queuedUs / MICROS);
    this.#sendStage.observe(sendingUs / MICROS);
  }

  shown(frame: Parameters<SessionObserver['shown']>[0], transport: string): void {
    const { total, ...stages } = frame;
    if (total !== undefined) this.#shown.observe({ transport }, total / MICROS);
    for (const [stage, us] of Object.entries(stages)) this.#stages.observe({ stage }, us / MICROS);
  }

  /** A request that was not answered with what it asked for. */
  refused(code: FaultCode): void {
    this.#refused.inc({ code });
  }

  /** An encoder made an access unit, so long after its capture. */
  made({ kind, key, data }: AccessUnit, encodingUs: number): void {
    this.#encoded.inc({ kind });
    this.#encodedBytes.inc({ kind }, data.length);
    if (kind !== 'video') return;
    if (key) this.#keyframes.inc();
    this.#encodeStage.observe(encodingUs / MICROS);
  }

  /** Takes over what a source counts itself since it was last looked at; returns the function that looks. */
  follow(source: string, counted: CountedSource): () => void {
    const seen = new Map<string, number>();
    const fresh = (name: string, count: number): number => {
      const before = seen.get(name) ?? 0;
      seen.set(name, count);
      return Math.max(0, count - before);
    };
    return () => {
      for (const [fault, count] of Object.entries<number>({ ...counted.faults })) {
        this.#faults.inc({ source, fault }, fresh(fault, count));
      }
      this.#restarts.inc({ source }, fresh('restarts', counted.restarts));
      this.#running.set({ source }, counted.isRunning ? 1 : 0);
    };
  }

  #counter<Label extends string>(name: string, help: string, labels: Label[]): Counter<Label> {
    return new Counter({ ...this.#identity(name, help), labelNames: labels });
  }

  #gauge<Label extends string>(name: string, help: string, labels: Label[]): Gauge<Label> {
    return new Gauge({ ...this.#identity(name, help), labelNames: labels });
  }

  #histogram<Label extends string>(name: string, help: string, labels: Label[]): Histogram<Label> {
    const identity = this.#identity(name, help);
    return new Histogram({ ...identity, labelNames: labels, buckets: LATENCY_BUCKETS });
  }

  #identity(name: string, help: string) {
    return { name: `oriel_${name}`, help, registers: [this.registry] };
  }
}
