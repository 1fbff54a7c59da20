import { micros, type Micros32 } from '../../../protocol/time.ts';
import type { Acknowledgement } from '../../../client/transport/acknowledger.ts';
import { FragmentWindow } from '../../../server/transport/fragment-window.ts';
import type { AckSample, SendRates } from '../../../server/transport/transport.ts';
import { CubicSender, SEGMENT_BYTES } from './cubic-sender.ts';
import type { Delivered, SimulatedWire, SimulatedWireOptions } from './simulated-wire.ts';

interface Written extends Delivered {
  /** Position in the stream behind its last byte. */
  readonly end: number;
}

/** The WebSocket transport's window over TCP, which delivers in order: a lost packet holds up all that follows. */
export class SimulatedStream implements SimulatedWire {
  readonly #options: SimulatedWireOptions;
  readonly #window = new FragmentWindow();
  readonly #tcp: CubicSender;
  readonly #arrived = new Map<number, number>();
  readonly #underway: Written[] = [];
  #written = 0;
  #sent = 0;
  #received = 0;
  #timerAt = -Infinity;

  constructor(options: SimulatedWireOptions) {
    this.#options = options;
    const { events, path, oneWayMs, fixedWindowBytes: fixedBytes } = options;
    const rttMs = 2 * oneWayMs;
    this.#tcp = new CubicSender(events, { down: path, backMs: oneWayMs, rttMs, fixedBytes }, () =>
      this.#segment(),
    );
  }

  get rttUs(): number {
    return this.#tcp.rttUs;
  }

  wake(): void {
    const { source, now } = this.#options;
    for (;;) {
      const limit = this.#window.limit(now());
      const piece = limit && source.next(now(), limit);
      if (!piece) break;
      const wireBytes = this.#window.encode(piece, now()).byteLength;
      source.sent(wireBytes, now());
      this.#written += wireBytes;
      this.#underway.push({ piece, wireBytes, sentAt: now(), end: this.#written });
    }
    this.#tcp.wake();
    this.#wakeWhenPaced();
  }

  setWindow(bytes: number, rates: SendRates | undefined): void {
    this.#window.resize(bytes, rates, this.#options.now());
  }

  acknowledge(ack: Acknowledgement): AckSample | undefined {
    const now = this.#options.now();
    return this.#window.acknowledge(
      {
        type: 'ack',
        cumulativeBytes: ack.cumulativeBytes,
        echo: ack.sendTime,
        received: toStamp(ack.receivedAt),
        hold: micros(Math.round(ack.hold)),
      },
      now,
    );
  }

  #segment() {
    const bytes = Math.min(SEGMENT_BYTES, this.#written - this.#sent);
    if (bytes <= 0) return undefined;
    const from = this.#sent;
    this.#sent += bytes;
    return { bytes, isReliable: true, arrive: () => this.#arrive(from, bytes) };
  }

  #arrive(from: number, bytes: number): void {
    this.#arrived.set(from, bytes);
    for (;;) {
      const next = this.#arrived.get(this.#received);
      if (next === undefined) break;
      this.#arrived.delete(this.#received);
      this.#received += next;
    }
    while ((this.#underway[0]?.end ?? Infinity) <= this.#received) {
      const first = this.#underway.shift();
      if (first) this.#options.deliver(first);
    }
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

const toStamp = (value: number): Micros32 => (Math.round(value) >>> 0) as Micros32;
