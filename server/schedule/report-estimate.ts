import type { ReportEntry, ReportUnit } from '../../protocol/control/report.ts';
import type { FlowId } from '../../protocol/flow.ts';
import {
  fromMicros32,
  micros,
  micros32,
  micros32Difference,
  millisToMicros,
  type Micros,
  type Micros32,
  type Millis,
} from '../../protocol/time.ts';
import type { LinkEstimateSnapshot } from './path-estimate.ts';
import type { PathEstimate } from './path-estimate.ts';
import { PathQueue } from './path-queue.ts';
import { PACKET_BYTES, TrainCapacity } from './train-capacity.ts';
import { WindowedExtreme } from './windowed-extreme.ts';

/** Windows in microseconds, as in LinkEstimate. */
const BASE_DELAY_WINDOW_US = 15e6;
const MIN_RTT_WINDOW_US = 10e6;
const RATE_WINDOW_US = 150e3;
/** What was delivered before a path became slower says nothing about it: five pictures at 60 a second. */
const COLLAPSE_WINDOW_US = 75e3;

/** Bytes that may wait in the stack at least, and while nothing is known: as LinkEstimate, and two writes of 16 KB. */
const MIN_WINDOW_BYTES = 6_000;
const FIRST_WINDOW_BYTES = 32_000;

/** A delay beyond this is no delay but a clock that jumped, or a client that makes things up. */
const MAX_DELAY_US = 60e6;

/** A silent client's last report counts for so long, two report intervals. */
const FRESH_US = 100e3;

interface Arrival {
  readonly from: number;
  readonly until: number;
  readonly bytes: number;
}

/**
 * Estimates a path from the client's reports, where the stack below hides what was delivered: what it "took" only left this
 * machine. Delay is that of a message's first byte from its writing, which has the stack's own queue in it; capacity is how
 * far apart the packets of a large message arrive. A pure core; times in session-clock microseconds. Stamps are the
 * client's word and decide nothing but its own rate.
 */
export class ReportEstimate implements PathEstimate {
  #targetUs: number;
  readonly #baseDelay = new WindowedExtreme('min');
  readonly #minRtt = new WindowedExtreme('min');
  readonly #capacity = new TrainCapacity();
  readonly #path = new PathQueue();
  readonly #newest = new Map<FlowId, number>();
  #firstDelay: Micros32 | undefined;
  #arrivals: Arrival[] = [];
  #reportedAt = -Infinity;
  #smoothedRtt = 0;
  #queueDelay = 0;

  /** @param options.delayTarget the queueing delay that is accepted (Dt of the latency mode) */
  constructor({ delayTarget }: { readonly delayTarget: Millis }) {
    this.#targetUs = millisToMicros(delayTarget);
  }

  setDelayTarget(delayTarget: Millis): void {
    this.#targetUs = millisToMicros(delayTarget);
  }

  onSent(bytes: number, now: Micros): void {
    this.#path.sent(bytes, now);
  }

  onIdle(): void {
    // Trains show the capacity whether or not the sender had more.
  }

  onAck(): void {
    // The stack took it: that says how fast this machine is.
  }

  onReport(unit: ReportUnit, now: Micros): void {
    const { now: reportedNow, entries } = unit;
    this.#reportedAt = now;
    for (const entry of entries) {
      if (entry.status === 'reset' || !this.#isNew(entry)) continue;
      const age = micros32Difference(reportedNow, entry.last);
      const spread = micros32Difference(entry.last, entry.first);
      const delay = this.#delayOf(entry);
      if (age < 0 || spread < 0 || age + spread + Math.abs(delay) > MAX_DELAY_US) continue;
      const until = now - age;
      this.#arrivals.push({ from: until - spread, until, bytes: entry.bytes });
      const queued = this.#measureQueue(delay, now);
      this.#path.met(fromMicros32(entry.echo, now), queued);
    }
    this.#capacity.onReport(unit, PACKET_BYTES, now);
    this.#arrivals = this.#arrivals.filter(({ until }) => until > now - 2 * RATE_WINDOW_US);
    this.#collapse(now);
  }

  /** The stack's own round trip, smoothed as it does. */
  onRoundTrip(rttUs: number, now: Micros): void {
    this.#minRtt.add(rttUs, now);
    this.#smoothedRtt = rttUs;
  }

  snapshot(now: Micros): LinkEstimateSnapshot {
    const bandwidthBps = this.#capacity.value(now);
    const windowBytes = Math.round((bandwidthBps * this.#targetUs) / 8e6);
    return {
      bandwidthBps,
      capacityBps: bandwidthBps,
      ackRateBps: this.#arrivalRateBps(now),
      minRtt: micros(this.#minRtt.value(now - MIN_RTT_WINDOW_US) ?? 0),
      smoothedRtt: micros(this.#smoothedRtt),
      queueDelay: micros(this.#queueDelay),
      newestDelay: micros(this.#path.told),
      leastDelay: micros(this.#path.told),
      standing: micros(this.#path.expected(bandwidthBps, now)),
      isAcknowledged: false,
      isStalled: false,
      isProbing: false,
      // What waits in the stack is queue; what is on the path is bounded by the stack's congestion control.
      windowBytes:
        bandwidthBps === 0 ? FIRST_WINDOW_BYTES : Math.max(MIN_WINDOW_BYTES, windowBytes),
    };
  }

  /** The client's clock has an offset of its own: delays count from the first one. */
  #delayOf({ first, echo }: ReportEntry): number {
    const raw = micros32(first - echo);
    this.#firstDelay ??= raw;
    return micros32Difference(raw, this.#firstDelay);
  }

  /** A queue that several messages met: the newest pictures show what there is, whatever earlier ones said. */
  #collapse(now: number): void {
    if (this.#path.told <= this.#targetUs) return;
    this.#capacity.collapse(this.#arrivalRateBps(now, COLLAPSE_WINDOW_US), now);
  }

  /** Sound is sent twice, and a repetition was under way for as long as the packet behind it waited. */
  #isNew({ flow, seq }: ReportEntry): boolean {
    if (seq <= (this.#newest.get(flow) ?? -1)) return false;
    this.#newest.set(flow, seq);
    return true;
  }

  /** What the message waited. */
  #measureQueue(delay: number, now: number): number {
    this.#baseDelay.add(delay, now);
    const base = this.#baseDelay.value(now - BASE_DELAY_WINDOW_US) ?? delay;
    this.#queueDelay += (delay - base - this.#queueDelay) / 4;
    return delay - base;
  }

  /** What arrived in the time before the last report; a large message counts with the part that did. */
  #arrivalRateBps(now: number, window = RATE_WINDOW_US): number {
    const end = Math.max(this.#reportedAt, now - FRESH_US);
    const start = end - window;
    let bytes = 0;
    for (const arrival of this.#arrivals) {
      const span = Math.max(1, arrival.until - arrival.from);
      const inside = Math.min(arrival.until, end) - Math.max(arrival.from, start);
      if (arrival.until > start) bytes += arrival.bytes * Math.min(1, Math.max(1, inside) / span);
    }
    return (bytes * 8e6) / window;
  }
}
