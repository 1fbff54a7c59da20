import type { Micros } from '../../protocol/time.ts';

/** Ticks of Opus in RTP, per second and per millisecond (RFC 7587, section 4.1). */
const TICKS_PER_MS = 48;

/** A capture time further than this from where its packet belongs is a gap, microseconds: two of the longest usual packets. */
const GAP_US = 40_000;

/** Ticks in a frame, by the configuration in the first byte (RFC 6716, section 3.1). */
const frameTicks = (configuration: number): number => {
  if (configuration < 12) return [480, 960, 1_920, 2_880][configuration % 4] ?? 0;
  if (configuration < 16) return configuration % 2 === 0 ? 480 : 960;
  return [120, 240, 480, 960][configuration % 4] ?? 0;
};

/** Ticks in an Opus packet; 0 for an empty one. */
export function opusTicks(packet: Uint8Array): number {
  const first = packet[0];
  if (first === undefined) return 0;
  const code = first & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
  return frames * frameTicks(first >> 3);
}

/**
 * Timestamps of sound: a receiver hears a gap wherever one does not follow the other, and capture times are not that exact. They
 * count what was sent, and jump only where sound was missing. A pure core.
 */
export class SoundTimeline {
  #next: number;
  #expectedAt: number | undefined;

  /** @param first where timestamps begin, u32 */
  constructor(first: number) {
    this.#next = first;
  }

  /** The timestamp of a packet, and whether it follows a gap. */
  place(packet: Uint8Array, captured: Micros): { timestamp: number; isAfterGap: boolean } {
    const late = captured - (this.#expectedAt ?? captured);
    const isAfterGap = this.#expectedAt === undefined || Math.abs(late) > GAP_US;
    if (isAfterGap) {
      this.#next += Math.max(0, Math.round((late * TICKS_PER_MS) / 1_000));
      this.#expectedAt = captured;
    }
    const timestamp = this.#next >>> 0;
    const ticks = opusTicks(packet);
    this.#next = timestamp + ticks;
    const expected = (this.#expectedAt ?? captured) + (ticks * 1_000) / TICKS_PER_MS;
    // Follows the clock of the capture slowly: one that drifts makes no gap.
    this.#expectedAt = expected + (captured - (this.#expectedAt ?? captured)) / 64;
    return { timestamp, isAfterGap };
  }

  /** The timestamp of a moment, for a sender report; undefined before the first packet. */
  at(moment: Micros): number | undefined {
    if (this.#expectedAt === undefined) return undefined;
    const ticks = Math.round(((moment - this.#expectedAt) * TICKS_PER_MS) / 1_000);
    return (this.#next + ticks) >>> 0;
  }
}
