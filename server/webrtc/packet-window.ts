import { fragmentBytesFor, urgentWindowBytes } from '../../protocol/limits.ts';
import type { Micros } from '../../protocol/time.ts';
import { Pacer } from '../transport/pacer.ts';
import type { PieceLimit, SendRates } from '../transport/transport.ts';

/**
 * Bytes that may be under way before anything is known of the path: a tenth of a second, until the first feedback, at the default of
 * 8 Mbit/s. With a third of it the first pictures waited here, which the rate control took for a slow path (simulated).
 */
const FIRST_WINDOW_BYTES = 100_000;

/** No less than this later on: a keyframe's first packets, whatever the estimate. */
const LEAST_WINDOW_BYTES = 32_000;

/**
 * How far apart feedback is, microseconds: browsers send it every 50 to 250 ms, and until two have come the usual 100 ms are
 * assumed (libwebrtc's defaults).
 */
const USUAL_INTERVAL_US = 100_000;
const LEAST_INTERVAL_US = 50_000;
const MOST_INTERVAL_US = 300_000;

/** The window is as wide as so many intervals: one that comes late, or is lost, should not stop a picture. */
const INTERVALS = 2;

/**
 * What may leave now where a peer tells of every packet, but only a few times a second: as many bytes as the path carries until the next
 * word of it, and the queue that the session's estimate allows. A pure core; times in microseconds.
 */
export class PacketWindow {
  readonly #pacer = new Pacer();
  #queueBytes = FIRST_WINDOW_BYTES;
  #bandwidthBps = 0;
  #intervalUs = USUAL_INTERVAL_US;
  #roundTripUs = 0;
  #toldAt: Micros | undefined;

  /** `bytes`: what may wait on the path beside what is on its way there. */
  resize(bytes: number, rates: SendRates | undefined, now: Micros): void {
    this.#queueBytes = bytes;
    if (rates === undefined) return;
    this.#bandwidthBps = rates.bandwidthBps;
    this.#pacer.resize(rates.capacityBps, now);
  }

  /** The peer told of packets. */
  told(now: Micros): void {
    const interval = now - (this.#toldAt ?? now);
    this.#toldAt = now;
    // A pause is none: where nothing is sent nothing is told.
    if (interval === 0 || interval > MOST_INTERVAL_US) return;
    const bounded = Math.max(LEAST_INTERVAL_US, interval);
    this.#intervalUs += (bounded - this.#intervalUs) / 8;
  }

  setRoundTrip(us: number): void {
    this.#roundTripUs = us;
  }

  sent(bytes: number, now: Micros): void {
    this.#pacer.sent(bytes, now);
  }

  /** What the source may give; undefined when nothing may leave. */
  limit(inFlightBytes: number, now: Micros): PieceLimit | undefined {
    const maxBytes = fragmentBytesFor(this.#bandwidthBps);
    const windowBytes = this.#windowBytes;
    if (inFlightBytes < windowBytes && this.#pacer.delay(now) === 0) {
      return { maxBytes, urgentOnly: false };
    }
    return inFlightBytes < windowBytes + urgentWindowBytes
      ? { maxBytes, urgentOnly: true }
      : undefined;
  }

  /** Microseconds until the pacer lets the next piece go; 0 when it holds nothing back. */
  delay(now: Micros): number {
    return this.#pacer.delay(now);
  }

  get #windowBytes(): number {
    const awaitedUs = this.#roundTripUs + INTERVALS * this.#intervalUs;
    const carried = (this.#bandwidthBps * awaitedUs) / 8e6;
    if (this.#bandwidthBps === 0) return FIRST_WINDOW_BYTES;
    return Math.max(LEAST_WINDOW_BYTES, this.#queueBytes + carried);
  }
}
