import { KeyRequestReason, type AbandonUnit } from '../../protocol/control/abandon.ts';
import type { FlowOpenUnit } from '../../protocol/control/flow-control.ts';
import type { ReportValues } from '../../protocol/control/report.ts';
import { sequence, type FlowId, type FlowKindName } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import type { Micros } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import type { ClockSync } from '../receive/clock-sync.ts';
import { Receiver, type ReceiverCounters, type ReceiverOutput } from '../receive/receiver.ts';
import { Delivery, type ConnectionSink } from './delivery.ts';
import { ReportChannel } from './report-channel.ts';
import type { ClientTransport } from './transport.ts';

/** What the intake of a connection works with. */
export interface MediaIntakeOptions {
  /** Takes what is asked and reported. */
  readonly transport: ClientTransport;
  /** Of the connection. */
  readonly clock: ClockSync;
  /** More waits for `attach` than a server may send in that moment; one sentence. */
  readonly onOverflow: (message: string) => void;
}

/** FLOW_ACCEPT `credit` of flows that deadlines bound instead of credit. */
const NO_CREDIT_LIMIT = 0;

/**
 * A frame's way through one connection, from whole messages to the sink: it accepts flows, puts their messages in order, reports what
 * became of each, and asks for keyframes. Times in µs of local time.
 */
export class MediaIntake {
  /** Resolves when a picture can be shown: a keyframe has come, or a picture on a track, and the clocks were compared. */
  readonly decodable: Promise<void>;
  readonly #transport: ClientTransport;
  readonly #clock: ClockSync;
  readonly #receiver: Receiver;
  readonly #reports: ReportChannel;
  readonly #delivery: Delivery;
  /** The flow whose pictures come on a track. */
  #trackedFlow: FlowId | undefined;
  #isPictured = false;
  #resolveDecodable: () => void = () => undefined;

  constructor({ transport, clock, onOverflow }: MediaIntakeOptions) {
    this.#transport = transport;
    this.#clock = clock;
    this.#receiver = new Receiver({ inOrder: !transport.isLossy });
    this.#reports = new ReportChannel(this.#receiver, (unit) => transport.sendControl(unit));
    this.#delivery = new Delivery({
      requestKey: (flow, lastDecoded, why) => this.#requestKey(flow, lastDecoded, why),
      unused: (output) => this.#reports.unused(output),
      overflow: onOverflow,
    });
    this.decodable = new Promise((resolve) => {
      this.#resolveDecodable = resolve;
    });
  }

  /** Undefined before `attach`. */
  get sink(): ConnectionSink | undefined {
    return this.#delivery.sink;
  }

  get counters(): ReceiverCounters {
    return this.#receiver.counters;
  }

  /** The sink gets what comes from now on; `flush` brings it what came before. */
  attach(sink: ConnectionSink): void {
    this.#delivery.attach(sink);
  }

  flush(): void {
    this.#delivery.flush();
  }

  /** FLOW_OPEN. */
  opened({ flow, kind, metadata }: FlowOpenUnit, now: number): void {
    this.#transport.sendControl({ type: 'flowAccept', flow, credit: NO_CREDIT_LIMIT });
    this.#delivery.noteCodec(flow, metadata['codec']);
    if (!this.#isOnTrack(kind)) this.#deliver(this.#receiver.open(flow, kind, now, this.#rtt));
    else if (kind === 'video') this.#trackedFlow = flow;
  }

  /** FLOW_CLOSE. */
  closed(flow: FlowId): void {
    this.#receiver.close(flow);
  }

  /** ABANDON. */
  abandoned(unit: AbandonUnit, now: number): void {
    this.#reports.abandoned(unit);
    this.#deliver(this.#receiver.abandon(unit, now, this.#rtt));
  }

  /** A message came whole; `begunAt`: its first byte. */
  came(message: CompleteMessage, receivedAt: number, begunAt: number): void {
    const received = { message, begunAt, receivedAt };
    if (message.header.flow === this.#trackedFlow) {
      this.sink?.onTrack(received);
      return;
    }
    const outputs = this.#receiver.push(received, receivedAt, this.#rtt);
    this.#reports.came(received, outputs);
    this.#deliver(outputs);
  }

  /** A picture came on a track. */
  pictured(): void {
    this.#isPictured = true;
    this.checkDecodable();
  }

  /** The clock may have an estimate now. */
  checkDecodable(): void {
    const hasPicture = this.#isPictured || this.#delivery.hasPicture;
    if (hasPicture && this.#clock.offset !== undefined) this.#resolveDecodable();
  }

  /** What a picture may take from its capture on. */
  setVideoBudget(budget: Micros): void {
    this.#receiver.setVideoBudget(budget);
  }

  /** Reports this often, ms; 0: never. Of what comes on tracks the browser's receiver reports. */
  reportEvery(everyMs: number): void {
    if (this.#transport.hasTracks !== true) this.#reports.start(everyMs);
  }

  /** The video decoder failed and waits for a keyframe. */
  loseDecoder(): void {
    const outputs = this.#receiver.loseDecoder(localMicros(), this.#rtt);
    this.#deliver(outputs, KeyRequestReason.decodeError);
  }

  /** The decoder made nothing of a picture that came whole. */
  undecoded(seq: number, why: 'expired' | 'undecodable'): void {
    this.#reports.undecoded(seq, why);
  }

  /** Sets what the next reports say about decoding and showing. */
  setReportValues(values: ReportValues): void {
    this.#reports.values = values;
  }

  /** Looks for holes that have become too old. Every 100 ms or so. */
  tick(now: number): void {
    this.#deliver(this.#receiver.tick(now, this.#rtt));
  }

  /** Reports no more. Idempotent. */
  close(): void {
    this.#reports.close();
  }

  get #rtt(): number {
    return this.#clock.smoothedRtt ?? 0;
  }

  /** Messages of such a flow never come here: nothing is missed, and the browser's receiver asks for keyframes. */
  #isOnTrack(kind: FlowKindName): boolean {
    return this.#transport.hasTracks === true && (kind === 'video' || kind === 'audio');
  }

  #deliver(outputs: readonly ReceiverOutput[], why?: KeyRequestReason): void {
    this.#delivery.deliver(outputs, why);
    this.checkDecodable();
  }

  #requestKey(flow: FlowId, lastDecoded: number | undefined, why: KeyRequestReason): void {
    const isStart = lastDecoded === undefined;
    this.#transport.sendControl({
      type: 'keyRequest',
      flow,
      lastDecoded: isStart ? undefined : sequence(lastDecoded),
      reason: isStart ? KeyRequestReason.start : why,
    });
  }
}
