import type { ReportEntry, ReportUnit } from '../../protocol/control/report.ts';
import type { FlowId } from '../../protocol/flow.ts';
import { micros32Difference } from '../../protocol/time.ts';
import { BandwidthEstimate } from './bandwidth-estimate.ts';

/** A message at least this long is a train of packets whose spread shows the capacity: five packets and more. */
const MIN_TRAIN_BYTES = 6_000;

/** A train shorter than this says nothing: a browser hands packets over in batches of about a millisecond. */
const MIN_TRAIN_US = 500;

/** Three packets are enough when they are so far apart that a batch of a millisecond is a fifth of it: paths below 4 Mbit/s. */
const SHORT_TRAIN_BYTES = 3_600;
const SHORT_TRAIN_US = 5_000;

/**
 * Two packets show what the path carries at least, never that it carries less; within a batch they count as a millisecond apart. Without
 * them an estimate that was once far too low would last: little is sent then, and no picture is long enough to be a train.
 */
const PAIR_BYTES = 2_400;
const PAIR_US = 1_000;

/** Pairs count when no train came for this long: they are less exact. A second is 15 pictures at least. */
const PAIRS_AFTER_US = 1e6;

/** Bytes of a train that had arrived when its clock started, where packets are seen one by one. */
export const PACKET_BYTES = 1_200;

/** What a message costs beside its payload: heads of unit, packet and UDP or TCP. */
const HEAD_BYTES = 60;

/** Messages remembered, to know what came between the packets of a large one: sound of 240 ms at 5 ms each, and the pictures of that time. */
const KEPT = 64;

/** Trains whose median counts: a batch in the browser makes single ones too fast, a busy processor too slow. */
const TRAINS = 5;

/** Trains that are believed at once when a long queue says that the path has changed. */
const NEWEST_TRAINS = 3;

/** The median has to contradict the estimate for this long to lower it, as in LinkEstimate. */
const CONTEST_WINDOW_US = 500e3;

/**
 * The capacity of a path from how far apart the packets of a large message arrive (packet-train dispersion). It needs no more
 * to be sent than a picture, so that it sees a path that became faster. A pure core; stamps are the client's word.
 */
export class TrainCapacity {
  readonly #estimate = new BandwidthEstimate();
  readonly #newest = new Map<FlowId, number>();
  #recent: readonly ReportEntry[] = [];
  #rates: number[] = [];
  #pairs: number[] = [];
  #trainAt = -Infinity;

  /** Bits per second; 0 before the first train. */
  value(now: number): number {
    return Math.round(this.#estimate.value(now));
  }

  /** `headBytes`: what of a message had arrived when its first stamp was taken; a packet, or a whole fragment. */
  onReport({ entries }: ReportUnit, headBytes: number, now: number): void {
    const fresh = entries.filter((entry) => entry.status !== 'reset' && this.#isNew(entry));
    this.#recent = [...this.#recent, ...fresh].slice(-KEPT);
    for (const entry of fresh) this.#add(entry, headBytes, now);
  }

  /**
   * A long queue: what the newest trains show holds, whatever earlier ones said, but no less than what is delivered.
   * Ignored where it would be an increase. Returns what holds from now on; undefined when nothing has changed.
   */
  collapse(deliveredBps: number, now: number): number | undefined {
    if (this.#rates.length === 0) return undefined;
    const bps = Math.max(median(this.#rates.slice(-NEWEST_TRAINS)), deliveredBps);
    if (bps >= this.#estimate.value(now)) return undefined;
    this.#estimate.reset(bps, now);
    return bps;
  }

  #add(entry: ReportEntry, headBytes: number, now: number): void {
    const spread = micros32Difference(entry.last, entry.first);
    const train = entry.bytes - headBytes + PACKET_BYTES;
    if (spread < 0 || train < PAIR_BYTES) return;
    const measured = train - PACKET_BYTES + this.#between(entry, spread);
    const isLong = train >= MIN_TRAIN_BYTES && spread >= MIN_TRAIN_US;
    if (isLong || (train >= SHORT_TRAIN_BYTES && spread >= SHORT_TRAIN_US)) {
      this.#trainAt = now;
      this.#rates = [...this.#rates, (measured * 8e6) / spread].slice(-TRAINS);
      const rateBps = median(this.#rates);
      this.#estimate.add({ rateBps, isAppLimited: false }, now, CONTEST_WINDOW_US);
    } else {
      this.#pairs = [...this.#pairs, (measured * 8e6) / Math.max(PAIR_US, spread)].slice(-TRAINS);
      if (this.#pairs.length < TRAINS || now - this.#trainAt < PAIRS_AFTER_US) return;
      const rateBps = median(this.#pairs);
      this.#estimate.add({ rateBps, isAppLimited: true }, now, CONTEST_WINDOW_US);
    }
  }

  /**
   * Bytes of other messages that shared the path with a train: on a slow one sound is a fifth of all, and on WebTransport a picture comes
   * beside the end of the keyframe before it.
   */
  #between(train: ReportEntry, spread: number): number {
    return this.#recent.reduce((sum, other) => {
      if (other === train) return sum;
      const until = micros32Difference(other.last, train.first);
      const from = until - Math.max(1, micros32Difference(other.last, other.first));
      const shared = Math.min(until, spread) - Math.max(from, 0);
      const isWhole = until > 0 && until < spread && other.bytes < PAIR_BYTES;
      const share = isWhole ? 1 : Math.max(0, shared) / (until - from);
      return share > 0 ? sum + share * (other.bytes + HEAD_BYTES) : sum;
    }, 0);
  }

  /** Sound is sent twice, and a repetition was under way for as long as the packet behind it waited. */
  #isNew({ flow, seq }: ReportEntry): boolean {
    if (seq <= (this.#newest.get(flow) ?? -1)) return false;
    this.#newest.set(flow, seq);
    return true;
  }
}

/** The lower one of two in the middle. */
const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};
