import type { FaultCounters } from './faults.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** A capture time further than this from its arrival is no capture time, in nanoseconds. */
const MAX_AGE_NS = 60_000_000_000n;

/**
 * Capture times for access units: the one that the packet carries, or, without one, the last one carried on by the RTP
 * clock. A time that is absurd (a minute away from now) counts as missing: a viewer's deadlines hang on it.
 */
export class CaptureClock {
  readonly #clockRate: bigint;
  readonly #faults: FaultCounters;
  #last: { readonly timestamp: number; readonly captureTime: bigint } | undefined;

  /** @param clockRate The RTP clock in Hz. */
  constructor(clockRate: number, faults: FaultCounters) {
    this.#clockRate = BigInt(clockRate);
    this.#faults = faults;
  }

  /** The capture time of the access unit that `packet` begins. */
  captureTimeOf({ timestamp, captureTime: stamped }: RtpPacket, nowNs: bigint): bigint {
    let captureTime = isPlausible(stamped, nowNs) ? stamped : undefined;
    if (captureTime === undefined) {
      this.#faults.missingCaptureTimes += 1;
      const computed = this.#carriedOn(timestamp);
      captureTime = isPlausible(computed, nowNs) ? computed : nowNs;
    }
    this.#last = { timestamp, captureTime };
    return captureTime;
  }

  reset(): void {
    this.#last = undefined;
  }

  #carriedOn(timestamp: number): bigint | undefined {
    if (this.#last === undefined) return undefined;
    // The signed distance on a 32-bit circle.
    const ticks = BigInt((timestamp - this.#last.timestamp) | 0);
    return this.#last.captureTime + (ticks * 1_000_000_000n) / this.#clockRate;
  }
}

function isPlausible(captureTime: bigint | undefined, nowNs: bigint): captureTime is bigint {
  if (captureTime === undefined) return false;
  const age = nowNs - captureTime;
  return age < MAX_AGE_NS && age > -MAX_AGE_NS;
}
