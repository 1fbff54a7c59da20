import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';

/** What a link carries at one moment; rates in bits per second. */
export interface CarriedSample {
  /** What rate control lets the encoder make, and what it would make on a link without limits. */
  readonly targetBps: number;
  readonly wantedBps: number;
  /** What arrived lately. */
  readonly deliveredBps: number;
  /** Counters and round trip of the transport's own stack, where it tells them. */
  readonly lostPackets?: number;
  readonly sentPackets?: number;
  readonly rttUs?: number;
}

/** Loss and round trip above which CUBIC starves: 1.7 Mbit/s at 2 % and 40 ms (measured); below, other limits come first. */
const STARVING_LOSS = 0.005;
const STARVING_RTT_US = 20_000;

/**
 * A round trip so many times the shortest one has a queue in it: what is lost then is lost to that queue, and the rate has to go down on
 * any transport. At random losses CUBIC keeps no queue at all (measured at 2 %: 41 ms on a path of 40).
 */
const QUEUED_FACTOR = 1.5;

/** The shortest round trip is that of so many seconds (BBR's window is 10 s, too): a path may become longer while it is used. */
const SHORTEST_SECONDS = 10;

/** A second with fewer packets says nothing about loss: at 2 % of these one is lost. 0.3 Mbit/s, the least rate, are 32. */
const TELLING_PACKETS = 30;

/** A target below this share of what is wanted is a limit that can be seen. */
const SATISFIED_SHARE = 0.8;

/** A link on which less than this share of its target arrives shows no limit: the screen stands still. */
const BUSY_SHARE = 0.5;

/** Samples are judged by the second: ten packets a second are lost at 2 % of 5 Mbit/s. */
const SECOND = millisToMicros(millis(1_000));

/** Of the newest seconds so many have to show losses without a queue: a single burst lies in one of them, or in two beside each other. */
export const JUDGED_SECONDS = 3;
export const LOSSY_SECONDS = 2;

/** What is compared is the mean of so many limited ones: at 2 % loss a second's rate is off by a factor of two. */
const COMPARED_SECONDS = 20;

/** One second of samples; rates are means. */
interface Second {
  readonly deliveredBps: number;
  readonly targetBps: number;
  readonly wantedBps: number;
  readonly lost: number;
  readonly sent: number;
  readonly rttUs: number;
}

/**
 * What one connection carries, second by second: the newest seconds, and the run of those in which the link was the limit. A pure core.
 */
export class CarriedSeconds {
  #samples: CarriedSample[] = [];
  #secondEndsAt = -Infinity;
  /** Of the newest seconds in which the stack told it, µs. */
  #roundTrips: readonly number[] = [];
  /** The newest seconds, limited or not. */
  #judged: Second[] = [];
  #limited: Second[] = [];

  /** Takes a sample, about every 50 ms. Returns whether a second ended with it. */
  take(sample: CarriedSample, now: Micros): boolean {
    this.#samples.push(sample);
    if (now < this.#secondEndsAt) return false;
    const second = secondOf(this.#samples);
    this.#samples = [sample];
    this.#secondEndsAt = now + SECOND;
    if (second !== undefined) this.#keep(second);
    return true;
  }

  /** How many seconds in a row were limited by the link, at most 20. */
  get limited(): number {
    return this.#limited.length;
  }

  /** The mean of the limited seconds, bits per second. */
  get limitedBps(): number {
    return mean(this.#limited.map(({ deliveredBps }) => deliveredBps));
  }

  /** The share of packets that was lost in the limited seconds, and the rate that was wanted in the last one, bits per second. */
  get shortfall(): { readonly loss: number; readonly wantedBps: number } {
    return { loss: lossOf(this.#limited), wantedBps: this.#limited.at(-1)?.wantedBps ?? 0 };
  }

  /** Whether losses without a queue keep the rate down. */
  get areLossy(): boolean {
    const lossy = this.#judged.filter((second) => this.#isLossy(second));
    return lossy.length >= LOSSY_SECONDS && lossOf(this.#judged) > STARVING_LOSS;
  }

  /** Another connection is measured from now on; the path keeps its round trip. */
  restart(now: Micros): void {
    this.#samples = [];
    this.#judged = [];
    this.#limited = [];
    this.#secondEndsAt = now + SECOND;
  }

  /** Keeps the run of limited seconds; one in which little was to be sent proves nothing. */
  #keep(second: Second): void {
    const { deliveredBps, targetBps, wantedBps, rttUs } = second;
    if (rttUs > 0) this.#roundTrips = [...this.#roundTrips, rttUs].slice(-SHORTEST_SECONDS);
    this.#judged = [...this.#judged, second].slice(-JUDGED_SECONDS);
    if (targetBps >= SATISFIED_SHARE * wantedBps) this.#limited = [];
    else if (deliveredBps >= BUSY_SHARE * targetBps || this.#isLossy(second))
      this.#limited = [...this.#limited, second].slice(-COMPARED_SECONDS);
  }

  /** Whether packets were lost to no queue, on a path long enough for it to matter, in a second that was too slow. */
  #isLossy({ lost, sent, rttUs, targetBps, wantedBps }: Second): boolean {
    return (
      targetBps < SATISFIED_SHARE * wantedBps &&
      sent >= TELLING_PACKETS &&
      lost > STARVING_LOSS * sent &&
      rttUs > STARVING_RTT_US &&
      rttUs < QUEUED_FACTOR * Math.min(...this.#roundTrips)
    );
  }
}

/** The samples of a second, and the last one of the second before it, as one. */
function secondOf(samples: readonly CarriedSample[]): Second | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    deliveredBps: mean(samples.map(({ deliveredBps }) => deliveredBps)),
    targetBps: mean(samples.map(({ targetBps }) => targetBps)),
    wantedBps: last.wantedBps,
    lost: (last.lostPackets ?? 0) - (first.lostPackets ?? 0),
    sent: (last.sentPackets ?? 0) - (first.sentPackets ?? 0),
    rttUs: last.rttUs ?? 0,
  };
}

function lossOf(seconds: readonly Second[]): number {
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  const sent = sum(seconds.map((second) => second.sent));
  return sent === 0 ? 0 : sum(seconds.map((second) => second.lost)) / sent;
}

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;
