import type { Micros } from '../../protocol/time.ts';

/**
 * Losses by which a sender goes down, and up to which it goes up; between the two it stays (RFC 8698 and draft-ietf-rmcat-gcc-02, section 6,
 * have shares like these): below, a path loses by chance.
 */
const MANY = 0.1;
const FEW = 0.02;

/** What of the share that is lost the rate goes down by (draft-ietf-rmcat-gcc-02, section 6). */
const BACKOFF = 0.5;

/** Growth with each report, about one a second (draft-ietf-rmcat-gcc-02: 5 % for each of its shorter intervals). */
const GROWTH = 1.08;

/** No slower than this, bits per second, as for every transport: below it a picture of text is not readable. */
const MIN_BPS = 300e3;

/** Reports closer together are one that came twice, or say too little, µs: RFC 3550 and browsers have them every 0.5 to 5 s. */
const LEAST_INTERVAL_US = 200e3;

/** An estimate of the peer holds for so long, µs: it is repeated every second. */
const ESTIMATE_US = 10e6;

/**
 * What may be sent to a peer that does not tell of every packet, by what it says all the same: which share of them it missed, and what it
 * thinks that its path carries. A pure core.
 */
export class ReportedRate {
  #sentBytes = 0;
  #since: Micros;
  #byLossBps = Infinity;
  #estimate: { readonly bps: number; readonly at: Micros } | undefined;

  constructor(now: Micros) {
    this.#since = now;
  }

  /** Bits per second; Infinity while nothing speaks against more. */
  bps(now: Micros): number {
    const { bps, at } = this.#estimate ?? { bps: Infinity, at: now };
    const estimated = now - at > ESTIMATE_US ? Infinity : Math.max(MIN_BPS, bps);
    return Math.min(this.#byLossBps, estimated);
  }

  sent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  /** @param lostShare of what was expected since the report before, 0 to 1 */
  reported(lostShare: number, now: Micros): void {
    const elapsed = now - this.#since;
    if (elapsed < LEAST_INTERVAL_US) return;
    const sentBps = (this.#sentBytes * 8e6) / elapsed;
    this.#sentBytes = 0;
    this.#since = now;
    if (lostShare > MANY) {
      const tried = Math.min(this.#byLossBps, sentBps);
      this.#byLossBps = Math.max(MIN_BPS, (1 - BACKOFF * lostShare) * tried);
    } else if (lostShare < FEW) {
      // Also where less was sent than allowed: where pictures are left out that others depend on, little is.
      this.#byLossBps *= GROWTH;
    }
  }

  /** The peer's own estimate (REMB), bits per second. */
  estimated(bps: number, now: Micros): void {
    this.#estimate = { bps, at: now };
  }
}
