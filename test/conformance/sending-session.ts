import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import { Priority, type FlowId, type FlowKindName } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import { millis, type Micros } from '../../protocol/time.ts';
import { DeadlineQueue } from '../../server/schedule/deadline-queue.ts';
import { LinkEstimate } from '../../server/schedule/link-estimate.ts';
import type { Clock } from '../../server/session-clock.ts';
import type {
  AckSample,
  OutboundMessage,
  Piece,
  PieceLimit,
  PieceSource,
  ServerTransport,
  TransportSink,
} from '../../server/transport/transport.ts';

const priorityOf: Readonly<Record<FlowKindName, number>> = {
  video: Priority.videoBase,
  audio: Priority.audio,
  cursor: Priority.interface,
  clipboard: Priority.interface,
  bulk: Priority.bulk,
};

/** The least that a session does with a transport: a deadline queue, a link estimate, and what came in. */
export class SendingSession implements PieceSource, TransportSink {
  readonly queue = new DeadlineQueue();
  readonly units: ControlUnit[] = [];
  readonly messages: CompleteMessage[] = [];
  readonly samples: AckSample[] = [];
  sentBytes = 0;
  readonly #link = new LinkEstimate({ delayTarget: millis(20) });
  readonly #transport: ServerTransport;
  readonly #clock: Clock;

  constructor(transport: ServerTransport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  start(): void {
    this.#transport.start(this, this);
  }

  open(flow: FlowId, kind: FlowKindName): void {
    this.queue.openFlow(flow, { kind, priority: priorityOf[kind] });
  }

  push(message: OutboundMessage): void {
    this.queue.push(message, this.#clock.now());
    this.#settle();
    this.#transport.wake();
  }

  closeFlow(flow: FlowId): void {
    this.queue.closeFlow(flow);
    this.#settle();
  }

  next(now: Micros, limit: PieceLimit): Piece | undefined {
    const piece = this.queue.next(now, limit);
    this.#settle();
    return piece;
  }

  control(unit: ControlUnit): void {
    this.units.push(unit);
  }

  message(message: CompleteMessage): void {
    this.messages.push(message);
  }

  sent(bytes: number, now: Micros): void {
    this.sentBytes += bytes;
    this.#link.onSent(bytes, now);
  }

  acknowledged(sample: AckSample): void {
    this.samples.push(sample);
    this.#link.onAck(sample);
    const estimate = this.#link.snapshot(sample.now);
    this.#transport.setWindow(estimate.windowBytes, estimate);
  }

  #settle(): void {
    for (const { flow, first, count, reason } of this.queue.takeAbandoned()) {
      this.#transport.sendControl({ type: 'abandon', flow, first, count, reason });
      this.#transport.abandon(flow, first, count, reason);
    }
  }
}
