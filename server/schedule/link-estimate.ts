import type { ReportUnit } from '../../protocol/control/report.ts';
import { fragmentBytesFor, initialWindowBytes } from '../../protocol/limits.ts';
import { micros, millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import type { AckSample } from '../transport/transport.ts';
import { AckFlow } from './ack-flow.ts';
import { BandwidthEstimate } from './bandwidth-estimate.ts';
import { DeliveryRate } from './delivery-rate.ts';
import type { LinkEstimateSnapshot, PathEstimate } from './path-estimate.ts';
import { PathQueue } from './path-queue.ts';
import { TrainCapacity } from './train-capacity.ts';
import { WindowedExtreme } from './windowed-extreme.ts';

/** Windows in microseconds; values from the draft, found with emulated links of 1–20 Mbit/s and 40 ms. */
const BASE_DELAY_WINDOW_US = 15e6;
const MIN_RTT_WINDOW_US = 10e6;
const MIN_BANDWIDTH_WINDOW_US = 500e3;
const BANDWIDTH_WINDOW_RTTS = 8;
const ACK_RATE_WINDOW_US = 150e3;

/** Bytes: four segments and a little, 48 ms at 1 Mbit/s. */
const MIN_WINDOW_BYTES = 6_000;

/** Queueing delay, in multiples of the target, at which the newest acknowledged rate replaces the estimate. */
const COLLAPSE_FACTOR = 2.5;

/**
 * A path is called slower only when everything waited for so long, microseconds, and for so many round trips: what was lost holds up all
 * that follows it on TCP for about one (simulated with 2 % of loss; without it half of the rate was given away).
 */
const LEAST_DELAY_WINDOW_US = 60e3;
const LEAST_DELAY_RTTS = 1.5;

/** How far the window runs ahead of the estimate until queueing shows where the capacity is: doubles it per round trip. */
const STARTUP_GAIN = 2;

/**
 * Estimates a path from what was sent and acknowledged: delay like LEDBAT, bandwidth like BBR. A pure core; times in
 * session-clock microseconds. The peer's clock needs no relation to ours: only changes of the one-way delay count.
 */
export class LinkEstimate implements PathEstimate {
  #targetUs: number;
  readonly #delivery = new DeliveryRate();
  readonly #baseDelay = new WindowedExtreme('min');
  readonly #minRtt = new WindowedExtreme('min');
  readonly #bandwidth = new BandwidthEstimate();
  readonly #capacity = new TrainCapacity();
  readonly #path = new PathQueue();
  readonly #waited = new WindowedExtreme('min');
  readonly #flow = new AckFlow();
  #acks: { readonly at: number; readonly bytes: number }[] = [];
  #smoothedRtt = 0;
  #queueDelay = 0;
  #isStartup = true;

  /** @param options.delayTarget the queueing delay that is accepted (Dt of the latency mode) */
  constructor({ delayTarget }: { readonly delayTarget: Millis }) {
    this.#targetUs = millisToMicros(delayTarget);
  }

  setDelayTarget(delayTarget: Millis): void {
    this.#targetUs = millisToMicros(delayTarget);
  }

  /** A data unit of `bytes` was handed to the wire. */
  onSent(bytes: number, now: Micros): void {
    this.#flow.sent(this.#delivery.inFlightBytes === 0, this.#smoothedRtt, now);
    this.#delivery.onSent(bytes, now);
    this.#path.sent(bytes, now);
  }

  /** The wire would take more, and there is nothing to send: until further notice samples are only lower bounds. */
  onIdle(): void {
    this.#delivery.onIdle();
  }

  onAck({ bytes, cumulativeBytes, sentAt, receivedAt, hold, now }: AckSample): void {
    const deliveredAt = now - hold;
    const rtt = Math.max(0, deliveredAt - sentAt);
    this.#minRtt.add(rtt, now);
    this.#smoothedRtt += (rtt - this.#smoothedRtt) * (this.#smoothedRtt === 0 ? 1 : 1 / 8);
    const queued = this.#measureQueue(receivedAt === undefined ? rtt : receivedAt - sentAt, now);
    this.#path.met(sentAt, queued, cumulativeBytes);
    this.#waited.add(queued, now);
    this.#acks = this.#acks.filter(({ at }) => at > now - ACK_RATE_WINDOW_US);
    this.#acks.push({ at: now, bytes });
    // A path that was not tried for long is explored again.
    if (this.#bandwidth.isStale(now)) this.#isStartup = true;
    const rate = this.#delivery.onAck(cumulativeBytes, deliveredAt);
    this.#flow.acknowledged(now, this.#delivery.inFlightBytes === 0);
    if (rate) this.#bandwidth.add(rate, now, this.#bandwidthWindow(now));
    if (this.#queueDelay > this.#targetUs) this.#isStartup = false;
    if (this.#isCollapsed(now)) {
      const ackRate = this.#ackRateBps(now);
      if (ackRate < this.#bandwidthBps(now)) this.#bandwidth.reset(ackRate, now);
    }
  }

  /** Reports show the capacity, by how far apart the fragments of a picture arrive; the rest is known better from ACKs. */
  onReport(unit: ReportUnit, now: Micros): void {
    this.#capacity.onReport(unit, fragmentBytesFor(this.#bandwidthBps(now)), now);
  }

  /** The estimate at `now`, which is not before the last call's. */
  snapshot(now: Micros): LinkEstimateSnapshot {
    const bandwidthBps = this.#bandwidthBps(now);
    const minRtt = this.#minRtt.value(now - MIN_RTT_WINDOW_US) ?? 0;
    const span = minRtt + this.#targetUs;
    const gain = this.#isStartup ? STARTUP_GAIN : 1;
    const floor = this.#isStartup ? initialWindowBytes : MIN_WINDOW_BYTES;
    // While the window still opens, a picture's fragments wait for it, and their train shows the window.
    const capacityBps = this.#isStartup ? 0 : this.#capacity.value(now);
    return {
      bandwidthBps,
      capacityBps,
      newestDelay: micros(this.#path.told),
      leastDelay: micros(this.#leastDelay(now)),
      standing: micros(this.#path.expected(capacityBps, now)),
      ackRateBps: this.#ackRateBps(now),
      minRtt: micros(minRtt),
      smoothedRtt: micros(this.#smoothedRtt),
      queueDelay: micros(this.#queueDelay),
      isAcknowledged: true,
      isStalled: this.#flow.isStalled(now),
      isProbing: this.#isStartup,
      windowBytes: Math.max(floor, Math.round((gain * bandwidthBps * span) / 8e6)),
    };
  }

  /** A long queue that all newest messages met, while acknowledgements came: after a stall their rate says nothing. */
  #isCollapsed(now: number): boolean {
    const isLong = this.#queueDelay > COLLAPSE_FACTOR * this.#targetUs;
    return isLong && this.#path.told > this.#targetUs && this.#flow.isSteady(now);
  }

  /** What the newest unit waited. */
  #measureQueue(delay: number, now: number): number {
    this.#baseDelay.add(delay, now);
    const base = this.#baseDelay.value(now - BASE_DELAY_WINDOW_US) ?? delay;
    this.#queueDelay += (delay - base - this.#queueDelay) / 4;
    return delay - base;
  }

  #leastDelay(now: number): number {
    const minRtt = this.#minRtt.value(now - MIN_RTT_WINDOW_US) ?? 0;
    const window = Math.max(LEAST_DELAY_WINDOW_US, LEAST_DELAY_RTTS * minRtt);
    return Math.max(0, this.#waited.value(now - window) ?? 0);
  }

  #bandwidthBps(now: number): number {
    return Math.round(this.#bandwidth.value(now));
  }

  #bandwidthWindow(now: number): number {
    const minRtt = this.#minRtt.value(now - MIN_RTT_WINDOW_US) ?? 0;
    return Math.max(MIN_BANDWIDTH_WINDOW_US, BANDWIDTH_WINDOW_RTTS * minRtt);
  }

  #ackRateBps(now: number): number {
    const recent = this.#acks.filter(({ at }) => at > now - ACK_RATE_WINDOW_US);
    const bytes = recent.reduce((sum, ack) => sum + ack.bytes, 0);
    return (bytes * 8e6) / ACK_RATE_WINDOW_US;
  }
}
