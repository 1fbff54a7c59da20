import type { FaultCode } from './http/fault.ts';
import type { MediaSource } from './media-source.ts';
import type { Metrics } from './observe/metrics.ts';
import type { DropReason } from './schedule/drop-policy.ts';
import type { UnusedReason } from './session/client-report.ts';

/** How often sources are looked at, milliseconds: counters are read by people and once in some seconds by a collector. */
const LOOK_MS = 1_000;

/** What a source counts itself. */
export type CountedSource = Pick<MediaSource, 'faults' | 'restarts'>;

/** The counters of the running gateway; the names are what an operator sees. */
export class GatewayCounters {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** A client sent a unit that it may not send in its role. */
  denied(unit: string): void {
    const help = 'Units that a client sent and may not send in its role.';
    this.#metrics.counter('oriel_units_denied_total', help, { unit }).add();
  }

  /** Messages that were not sent to a viewer. */
  dropped(reason: DropReason, count: number): void {
    const help = 'Messages that were not sent to a viewer.';
    this.#metrics.counter('oriel_messages_dropped_total', help, { reason }).add(count);
  }

  /** What clients report: messages that they could not use, frames that they did not show, sound that ran dry. */
  unused(reason: UnusedReason, count: number): void {
    const help = 'What clients say they did not use of what they got.';
    this.#metrics.counter('oriel_client_unused_total', help, { reason }).add(count);
  }

  /** A request that was not answered with what it asked for. */
  refused(code: FaultCode): void {
    const help = 'HTTP requests and upgrades that were refused.';
    this.#metrics.counter('oriel_requests_refused_total', help, { code }).add();
  }

  /** Follows the source's own counts until the returned function is called. */
  watch(source: string, counted: CountedSource): () => void {
    const seen = new Map<string, number>();
    let restarts = 0;
    const look = (): void => {
      for (const [fault, count] of Object.entries<number>({ ...counted.faults })) {
        const fresh = count - (seen.get(fault) ?? 0);
        seen.set(fault, count);
        if (fresh > 0) this.#fault(source, fault, fresh);
      }
      this.#restarted(source, counted.restarts - restarts);
      restarts = counted.restarts;
    };
    look();
    const timer = setInterval(look, LOOK_MS).unref();
    return () => {
      clearInterval(timer);
      look();
    };
  }

  #fault(source: string, fault: string, count: number): void {
    const help = 'What was wrong with the output of an encoder.';
    this.#metrics.counter('oriel_ingest_faults_total', help, { source, fault }).add(count);
  }

  #restarted(source: string, count: number): void {
    const help = 'Encoders that were started again.';
    this.#metrics.counter('oriel_encoder_restarts_total', help, { source }).add(count);
  }
}
