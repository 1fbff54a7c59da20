import type { RtpPacket } from './rtp-packet.ts';

/** Seconds from the NTP era (1900) to the Unix epoch (RFC 5905, section 6). */
const NTP_OFFSET_NS = 2_208_988_800n * 1_000_000_000n;

/** A stamp that is older than this, or later than now by more than `MAX_AHEAD_NS`, comes from a clock that is not ours. */
const MAX_AGE_NS = 2_000_000_000n;
const MAX_AHEAD_NS = 5_000_000n;

/** A stream that comes so much later than its own clock says has paused or jumped. */
const MAX_BEHIND_NS = 1_000_000_000n;

/**
 * Part of the distance to the arrival by which a time without a stamp moves, per picture or packet. It follows a sender's clock that
 * drifts: 100 ppm are 1.7 us in 16.7 ms, which it makes up for at a lag of 0.4 ms.
 */
const FOLLOW = 256n;

/**
 * Capture times, on CLOCK_MONOTONIC, of a stream from another program: by its ntp-64 stamps where they are on a clock of this machine
 * (CLOCK_MONOTONIC, or the wall clock as RFC 6051 has it), else by its RTP timestamps, joined to the least delayed arrivals.
 */
export class SenderClock {
  readonly #clockRate: bigint;
  readonly #wallNs: () => bigint;
  #last: { readonly timestamp: number; readonly captureTime: bigint } | undefined;

  /**
   * @param clockRate RTP clock in Hz
   * @param wallNs nanoseconds since the Unix epoch
   */
  constructor(clockRate: number, wallNs: () => bigint) {
    this.#clockRate = BigInt(clockRate);
    this.#wallNs = wallNs;
  }

  /** The capture time of the access unit that a packet belongs to. */
  captureTimeOf({ timestamp, captureTime: stamp }: RtpPacket, nowNs: bigint): bigint {
    if (this.#last?.timestamp === timestamp) return this.#last.captureTime;
    const captureTime = this.#stamped(stamp, nowNs) ?? this.#estimated(timestamp, nowNs);
    this.#last = { timestamp, captureTime };
    return captureTime;
  }

  /** The next packet begins a stream. */
  reset(): void {
    this.#last = undefined;
  }

  #stamped(stamp: bigint | undefined, nowNs: bigint): bigint | undefined {
    if (stamp === undefined) return undefined;
    if (isRecent(stamp, nowNs)) return stamp;
    const onOurs = stamp - NTP_OFFSET_NS - this.#wallNs() + nowNs;
    return isRecent(onOurs, nowNs) ? onOurs : undefined;
  }

  #estimated(timestamp: number, nowNs: bigint): bigint {
    if (this.#last === undefined) return nowNs;
    // The signed distance on a 32-bit circle.
    const ticks = BigInt((timestamp - this.#last.timestamp) | 0);
    const expected = this.#last.captureTime + (ticks * 1_000_000_000n) / this.#clockRate;
    const lag = nowNs - expected;
    // Nothing arrives before it was captured.
    return lag < 0n || lag > MAX_BEHIND_NS ? nowNs : expected + lag / FOLLOW;
  }
}

function isRecent(captureTime: bigint, nowNs: bigint): boolean {
  const age = nowNs - captureTime;
  return age <= MAX_AGE_NS && age >= -MAX_AHEAD_NS;
}
