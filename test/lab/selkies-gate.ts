/*
 * When a sender with selkies' published constants sends and when it does not (selkies, websockets_mode.py: BACKPRESSURE_…): the
 * client acknowledges the newest frame every 50 ms; every 500 ms the server compares the newest frame sent with the newest one
 * acknowledged, and stops sending while the client is more than 2 s of frames behind. A round trip above 50 ms is forgiven, up to
 * 1 s. Its optional congestion control is not modelled.
 */

/** How often the client acknowledges, and how often the gate is looked at, milliseconds. */
export const ACK_EVERY_MS = 50;
export const CHECK_EVERY_MS = 500;

const ALLOWED_DESYNC_MS = 2_000;
const LATENCY_THRESHOLD_MS = 50;
const FORGIVENESS_MAX_MS = 1_000;
const ROUND_TRIP_SAMPLES = 20;

/** The gate of one client; a pure core. Frames are numbered from 0, times are milliseconds of any clock. */
export class SelkiesGate {
  readonly #framesPerSecond: number;
  readonly #sentAt = new Map<number, number>();
  #roundTrips: number[] = [];
  #sent = -1;
  #acknowledged = -1;
  #isOpen = true;

  constructor(framesPerSecond: number) {
    this.#framesPerSecond = framesPerSecond;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  onSent(frame: number, now: number): void {
    this.#sent = frame;
    this.#sentAt.set(frame, now);
  }

  onAcknowledged(frame: number, now: number): void {
    const sentAt = this.#sentAt.get(frame);
    if (sentAt === undefined) return;
    this.#acknowledged = frame;
    this.#roundTrips = [...this.#roundTrips, now - sentAt].slice(-ROUND_TRIP_SAMPLES);
    for (const number of this.#sentAt.keys()) if (number <= frame) this.#sentAt.delete(number);
  }

  /** Call every CHECK_EVERY_MS. Returns true when sending begins again, for which a keyframe is needed. */
  check(): boolean {
    const sum = this.#roundTrips.reduce((total, trip) => total + trip, 0);
    const roundTrip = sum / Math.max(1, this.#roundTrips.length);
    const forgiven = roundTrip > LATENCY_THRESHOLD_MS ? Math.min(roundTrip, FORGIVENESS_MAX_MS) : 0;
    const behindMs = ((this.#sent - this.#acknowledged) * 1_000) / this.#framesPerSecond;
    const wasOpen = this.#isOpen;
    this.#isOpen = behindMs - forgiven <= ALLOWED_DESYNC_MS;
    return this.#isOpen && !wasOpen;
  }
}
