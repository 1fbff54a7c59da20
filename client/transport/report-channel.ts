import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { MessageStatusName, ReportValues } from '../../protocol/control/report.ts';
import { sequence, type FlowId } from '../../protocol/flow.ts';
import { maxReportEntries } from '../../protocol/limits.ts';
import { micros, toMicros32, type Micros32 } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import type { ReceivedMessage } from '../receive/ordered-flow.ts';
import type { Receiver, ReceiverOutput } from '../receive/receiver.ts';
import { Reporter } from '../receive/reporter.ts';

/** What the receiver throws away is of no use for one of these reasons. */
type Uselessness = Extract<MessageStatusName, 'expired' | 'undecodable'>;

/** Tells the server what became of each message, in a REPORT now and then. */
export class ReportChannel {
  readonly #send: (unit: ControlUnit) => void;
  readonly #receiver: Receiver;
  readonly #reporter = new Reporter();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(receiver: Receiver, send: (unit: ControlUnit) => void) {
    this.#receiver = receiver;
    this.#send = send;
  }

  /** Sends a report this often from now on; 0: none. */
  start(everyMs: number): void {
    clearInterval(this.#timer);
    if (everyMs <= 0) return;
    this.#timer = setInterval(() => {
      const { entries, values } = this.#reporter.take();
      this.#send({ type: 'report', now: stamp(), entries, values });
    }, everyMs);
  }

  /** A message came whole; `outputs` is what the receiver made of it. */
  came(received: ReceivedMessage, outputs: readonly ReceiverOutput[]): void {
    const { header, payload, sendTimeFirst } = received.message;
    const unused = outputs.find((one) => one.type === 'unused' && one.received === received);
    this.#reporter.add({
      flow: header.flow,
      seq: header.seq,
      status: unused?.type === 'unused' ? unused.why : 'complete',
      bytes: payload.length,
      echo: sendTimeFirst,
      first: toMicros32(micros(received.begunAt)),
      last: toMicros32(micros(received.receivedAt)),
    });
  }

  /** A message that came whole is of no use; the reporter passes over it when it was told so as it came. */
  unused({
    received,
    why,
  }: {
    readonly received: ReceivedMessage;
    readonly why: Uselessness;
  }): void {
    const { flow, seq } = received.message.header;
    this.#reporter.addFate({ flow, seq, status: why }, stamp());
  }

  /** The video decoder made nothing of a picture that came whole. */
  undecoded(seq: number, why: Uselessness): void {
    const flow = this.#receiver.videoFlow;
    if (flow === undefined) return;
    this.#reporter.addFate({ flow, seq: sequence(seq), status: why }, stamp());
  }

  /** The server gave up `count` messages from `first` on; call before the receiver is told. */
  abandoned(range: {
    readonly flow: FlowId;
    readonly first: number;
    readonly count: number;
  }): void {
    const { flow } = range;
    for (const seq of this.#receiver.missingOf(range, maxReportEntries)) {
      this.#reporter.addFate({ flow, seq: sequence(seq), status: 'reset' }, stamp());
    }
  }

  /** What the next reports say about decoding and showing. */
  set values(values: ReportValues) {
    this.#reporter.values = values;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Now, on the clock of the entries. */
const stamp = (): Micros32 => toMicros32(micros(localMicros()));
