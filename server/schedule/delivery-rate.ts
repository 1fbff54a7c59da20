/** One unit on its way, with what was known when it was sent (BBR's delivery rate sampling, draft-cheng-iccrg-delivery-rate-estimation). */
interface SentUnit {
  /** All bytes sent so far, this unit included. */
  readonly end: number;
  readonly sentAt: number;
  readonly delivered: number;
  readonly deliveredAt: number;
  /** When the unit was sent whose delivery was the newest then. */
  readonly firstSentAt: number;
  /** Sent after the sender had nothing to send, and before anything sent since was delivered. */
  readonly isAppLimited: boolean;
}

/** What one acknowledgement says about the rate of delivery. */
export interface RateSample {
  readonly rateBps: number;
  /** The sender did not use all that it might have: the path carries at least this much. */
  readonly isAppLimited: boolean;
}

/** Records kept at most: 4 MiB in fragments of 1,200 bytes is 3,496. */
const MAX_UNITS = 8192;

/**
 * How fast the path delivers, from what was delivered between the sending and the acknowledgement of each unit. Pauses of
 * the sender count as neither, because the interval is the longer of the two, of sending and of acknowledging. Times
 * in microseconds.
 */
export class DeliveryRate {
  #units: SentUnit[] = [];
  #sent = 0;
  #delivered = 0;
  #deliveredAt = 0;
  #firstSentAt = 0;
  /** The sender is limited by what it has to send until more than this was delivered; -1 when it is not. */
  #appLimitedUntil = -1;

  get inFlightBytes(): number {
    return this.#sent - this.#delivered;
  }

  onSent(bytes: number, now: number): void {
    if (this.inFlightBytes === 0) {
      this.#firstSentAt = now;
      this.#deliveredAt = now;
    }
    this.#sent += bytes;
    this.#units.push({
      end: this.#sent,
      sentAt: now,
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      firstSentAt: this.#firstSentAt,
      isAppLimited: this.#appLimitedUntil >= 0,
    });
    if (this.#units.length > MAX_UNITS) this.#units.shift();
  }

  /** More might be sent now, and there is nothing to send. */
  onIdle(): void {
    this.#appLimitedUntil = this.#sent;
  }

  /** `deliveredAt`: when the newest acknowledged unit was delivered, as seen from here. Undefined when nothing is new. */
  onAck(cumulativeBytes: number, deliveredAt: number): RateSample | undefined {
    const acked = Math.min(cumulativeBytes, this.#sent);
    const covered = this.#units.findLastIndex(({ end }) => end <= acked);
    const unit = this.#units[covered];
    if (!unit) return undefined;
    this.#units = this.#units.slice(covered + 1);
    this.#delivered = acked;
    this.#deliveredAt = Math.max(this.#deliveredAt, deliveredAt);
    this.#firstSentAt = unit.sentAt;
    if (acked > this.#appLimitedUntil) this.#appLimitedUntil = -1;
    const interval = Math.max(unit.sentAt - unit.firstSentAt, this.#deliveredAt - unit.deliveredAt);
    if (interval <= 0) return undefined;
    const rateBps = ((acked - unit.delivered) * 8e6) / interval;
    return { rateBps, isAppLimited: unit.isAppLimited };
  }
}
