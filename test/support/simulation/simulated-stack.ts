import { Priority } from '../../../protocol/flow.ts';
import { StackWindow } from '../../../server/transport/stack-window.ts';
import type { SendRates } from '../../../server/transport/transport.ts';
import { CubicSender, SEGMENT_BYTES } from './cubic-sender.ts';
import {
  HEAD_BYTES,
  type Delivered,
  type SimulatedWire,
  type SimulatedWireOptions,
} from './simulated-wire.ts';

interface StreamPart extends Delivered {
  sent: number;
  arrived: number;
}

/**
 * The WebTransport transport's window over QUIC: datagrams and streams take turns, streams with data are served at random, nothing
 * waits for what was lost of another stream.
 */
export class SimulatedStack implements SimulatedWire {
  readonly #options: SimulatedWireOptions;
  readonly #window = new StackWindow();
  readonly #quic: CubicSender;
  /** Handed over and not on the wire, a list for each message. */
  readonly #streams = new Map<object, StreamPart[]>();
  #datagrams: Delivered[] = [];
  #wasDatagram = false;
  #timerAt = -Infinity;
  #takenBytes = 0;

  constructor(options: SimulatedWireOptions) {
    this.#options = options;
    const { events, path, oneWayMs, fixedWindowBytes: fixedBytes } = options;
    const rttMs = 2 * oneWayMs;
    this.#quic = new CubicSender(events, { down: path, backMs: oneWayMs, rttMs, fixedBytes }, () =>
      this.#segment(),
    );
  }

  get rttUs(): number {
    return Math.round(this.#quic.rttUs);
  }

  wake(): void {
    const { source, now } = this.#options;
    for (;;) {
      const limit = this.#window.limit(true, now());
      const piece = limit && source.next(now(), limit);
      if (!piece) break;
      const wireBytes = piece.bytes.byteLength + HEAD_BYTES;
      this.#window.handed(wireBytes, now());
      source.sent(wireBytes, now());
      const delivered = { piece, wireBytes, sentAt: now() };
      const { message } = piece;
      if (message.header.layer.priority >= Priority.audio) {
        this.#datagrams.push(delivered);
      } else {
        const parts = this.#streams.get(message) ?? [];
        parts.push({ ...delivered, sent: 0, arrived: 0 });
        this.#streams.set(message, parts);
      }
      this.#quic.wake();
    }
    this.#wakeWhenPaced();
  }

  setWindow(bytes: number, rates: SendRates | undefined): void {
    this.#window.resize(bytes, rates, this.#options.now());
  }

  acknowledge(): undefined {
    return undefined;
  }

  #segment() {
    const wantsDatagram =
      this.#datagrams.length > 0 && !(this.#wasDatagram && this.#streams.size > 0);
    this.#wasDatagram = wantsDatagram;
    return wantsDatagram ? this.#datagram() : this.#streamSegment();
  }

  #datagram() {
    const delivered = this.#datagrams.shift();
    if (delivered === undefined) return undefined;
    this.#settle(delivered.wireBytes);
    const arrive = (): void => this.#options.deliver(delivered);
    return { bytes: delivered.wireBytes, isReliable: false, arrive };
  }

  #streamSegment() {
    const streams = [...this.#streams];
    const chosen = streams[Math.floor(this.#options.random() * streams.length)];
    const part = chosen?.[1][0];
    if (chosen === undefined || part === undefined) return undefined;
    const bytes = Math.min(SEGMENT_BYTES, part.wireBytes - part.sent);
    part.sent += bytes;
    if (part.sent === part.wireBytes) {
      chosen[1].shift();
      if (chosen[1].length === 0) this.#streams.delete(chosen[0]);
      this.#settle(part.wireBytes);
    }
    const arrive = (): void => {
      this.#options.begin(part);
      part.arrived += bytes;
      if (part.arrived === part.wireBytes) this.#options.deliver(part);
    };
    return { bytes, isReliable: true, arrive };
  }

  /** The answer of the stack comes a moment later. */
  #settle(bytes: number): void {
    this.#options.events.after(200, () => {
      this.#window.settled(bytes);
      this.#takenBytes += bytes;
      this.#options.taken(this.#takenBytes);
      this.wake();
    });
  }

  #wakeWhenPaced(): void {
    const { events, now } = this.#options;
    const delay = this.#window.delay(now());
    if (delay === 0 || this.#timerAt > events.now) return;
    this.#timerAt = events.now + Math.ceil(delay / 1000) * 1000;
    events.after(this.#timerAt - events.now, () => {
      this.#timerAt = -Infinity;
      this.wake();
    });
  }
}
