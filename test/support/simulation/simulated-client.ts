import { Acknowledger, type Acknowledgement } from '../../../client/transport/acknowledger.ts';
import type { ReportEntry, ReportUnit } from '../../../protocol/control/report.ts';
import { micros, toMicros32, type Micros } from '../../../protocol/time.ts';
import type { OutboundMessage } from '../../../server/transport/transport.ts';
import type { SessionOptions } from './session-record.ts';
import type { Delivered } from './simulated-wire.ts';

/** The client's clock is ahead by so much. */
const CLOCK_OFFSET_US = 77_000_000;

/** Its stamps come late by up to this: its thread has other things to do. */
const JITTER_US = 1_500;

/** What a client says about what it receives; its clock has an offset. */
export class SimulatedClient {
  /** Called when an acknowledgement is due at once. */
  onAckDue: () => void = () => undefined;
  readonly #acknowledger = new Acknowledger();
  readonly #isAcknowledging: boolean;
  readonly #random: () => number;
  readonly #open = new Map<
    string,
    { readonly first: number; readonly sentAt: Micros; bytes: number }
  >();
  readonly #seen = new Set<string>();
  #entries: ReportEntry[] = [];
  readonly #longestStallUs: number;
  readonly #meanIdleUs: number;
  #stampedAt = 0;
  #stallEnd = 0;
  #idleUs = 0;

  constructor(
    { transport, clientStallMs = 0, clientIdleMs = 100 }: SessionOptions,
    random: () => number,
  ) {
    this.#longestStallUs = clientStallMs * 1000;
    this.#meanIdleUs = clientIdleMs * 1000;
    this.#isAcknowledging = transport === 'websocket';
    this.#random = random;
  }

  /** The first bytes of a message. */
  begin({ piece, sentAt }: Delivered, now: Micros): void {
    const { header } = piece.message;
    const name = `${header.flow}/${header.seq}`;
    if (this.#open.has(name) || this.#seen.has(name)) return;
    this.#open.set(name, { first: this.#stamp(now), sentAt, bytes: 0 });
  }

  /** Takes a piece; the message when it is complete. */
  take(delivered: Delivered, now: Micros): OutboundMessage | undefined {
    const { piece, wireBytes, sentAt } = delivered;
    this.begin(delivered, now);
    const at = this.#stamp(now);
    const { header, payload } = piece.message;
    const name = `${header.flow}/${header.seq}`;
    const open = this.#open.get(name) ?? { first: at, sentAt, bytes: 0 };
    open.bytes += piece.bytes.byteLength;
    if (this.#isAcknowledging) {
      const sendTime = toMicros32(sentAt);
      const received = { bytes: wireBytes, sendTime, now: at + CLOCK_OFFSET_US };
      if (this.#acknowledger.received(received)) this.onAckDue();
    }
    if (open.bytes < payload.byteLength || this.#seen.has(name)) return undefined;
    this.#open.delete(name);
    this.#seen.add(name);
    this.#entries.push({
      flow: header.flow,
      seq: header.seq,
      status: 'complete',
      bytes: payload.byteLength,
      echo: toMicros32(open.sentAt),
      first: toMicros32(micros(Math.round(open.first) + CLOCK_OFFSET_US)),
      last: toMicros32(micros(Math.round(at) + CLOCK_OFFSET_US)),
    });
    return piece.message;
  }

  /** The ACK that is due; undefined when nothing new came, or on a transport without. */
  acknowledge(now: Micros): Acknowledgement | undefined {
    return this.#acknowledger.take(now + CLOCK_OFFSET_US);
  }

  /** The REPORT of what became complete since the last one. */
  report(now: Micros): ReportUnit {
    const entries = this.#entries.splice(0, 64);
    const at = Math.round(Math.max(now + JITTER_US, this.#stampedAt));
    const stamp = toMicros32(micros(at + CLOCK_OFFSET_US));
    return { type: 'report', now: stamp, entries, values: {} };
  }

  /** How long its thread has other things to do, µs: what comes meanwhile is seen, and answered, after that. */
  busyFor(now: Micros): number {
    if (this.#longestStallUs > 0 && now >= this.#stallEnd + this.#idleUs) {
      this.#stallEnd = Math.round(now + this.#longestStallUs * this.#random());
      this.#idleUs = 2 * this.#meanIdleUs * this.#random();
    }
    return Math.max(0, this.#stallEnd - now);
  }

  #stamp(now: Micros): number {
    this.#stampedAt = Math.max(this.#stampedAt, now + this.#random() * JITTER_US);
    return this.#stampedAt;
  }
}
