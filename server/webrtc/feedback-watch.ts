import type { Micros } from '../../protocol/time.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import type { SendRates } from '../transport/transport.ts';
import { ReportedRate } from './reported-rate.ts';

/**
 * A packet of which nothing was told for so long will not be told of, µs: browsers tell every 50 to 250 ms, and one feedback may be
 * lost.
 */
export const UNTOLD_US = 1.5e6;

/** Whether transport-wide feedback was agreed upon with a peer. */
export const agreesToTell = ({ video }: PeerPlan): boolean =>
  video?.extensions.transportSequence !== undefined &&
  video.formats.some(({ feedback }) => feedback.includes('transport-cc'));

/**
 * Whether a peer tells of the packets that it gets, as it has agreed to. Some never do, or in a way that nobody can read: who waited
 * for them would send nothing any more. A pure core.
 */
export class FeedbackWatch {
  /** What was agreed. */
  readonly isAgreed: boolean;
  /** What it says beside. */
  readonly reported: ReportedRate;
  #isTold: boolean;
  #heardAt = -Infinity;
  #toldAt = -Infinity;

  constructor(isAgreed: boolean, now: Micros) {
    this.isAgreed = isAgreed;
    this.#isTold = isAgreed;
    this.reported = new ReportedRate(now);
  }

  /** Whether what it says of packets can be relied upon. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** What may be sent by its reports, bits per second, Infinity for all; undefined while it tells of packets. */
  limitBps(now: Micros): number | undefined {
    return this.#isTold ? undefined : this.reported.bps(now);
  }

  /** The rates for what is sent, by that limit: where the encoder does not follow it, pictures have to wait, and are given up in time. */
  bound(rates: SendRates | undefined, now: Micros): SendRates | undefined {
    const limitBps = this.limitBps(now) ?? Infinity;
    return rates === undefined || limitBps === Infinity
      ? rates
      : { ...rates, capacityBps: limitBps };
  }

  /** RTCP of any kind came. */
  heard(now: Micros): void {
    this.#heardAt = now;
  }

  /** Something was told of packets that were sent. */
  told(now: Micros): void {
    this.#toldAt = now;
    this.#isTold = this.isAgreed;
  }

  /**
   * Looks at the oldest packet of which nothing was told. On a path that is dead nothing is heard at all, and nothing follows from that.
   *
   * @param sentAt when it was sent; undefined: there is none
   */
  look(sentAt: Micros | undefined, now: Micros): void {
    const isOverdue = sentAt !== undefined && now - Math.max(sentAt, this.#toldAt) > UNTOLD_US;
    if (isOverdue && now - this.#heardAt < UNTOLD_US) this.#isTold = false;
  }
}
