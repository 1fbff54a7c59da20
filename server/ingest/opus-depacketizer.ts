import { rtpProfile } from '../../gst/rtp-profile.ts';
import type { AccessUnit } from './access-unit.ts';
import { CaptureClock } from './capture-clock.ts';
import { CaptureSmoother } from './capture-smoother.ts';
import type { FaultCounters } from './faults.ts';
import type { OrderedPacket } from './reorder.ts';

/** Longest packet: 120 ms (RFC 6716, section 3.2.5, R5). */
const MAX_DURATION_US = 120_000;

/** 48 frames of 1,275 bytes with their lengths (RFC 6716, sections 3.2.1 and 3.2.5). */
const MAX_PACKET_BYTES = 48 * 1277 + 2;

/** Frame lengths by configuration in microseconds (RFC 6716, table 2): SILK, hybrid, CELT. */
const SILK_US = [10_000, 20_000, 40_000, 60_000] as const;
const HYBRID_US = [10_000, 20_000] as const;
const CELT_US = [2_500, 5_000, 10_000, 20_000] as const;

/**
 * RTP packets in order in, Opus packets out (RFC 7587: one packet is one payload). Each stands for itself: a loss is a
 * gap in time and hurts nothing after it. Capture times come out smoothed.
 */
export class OpusDepacketizer {
  readonly #faults: FaultCounters;
  readonly #clock: CaptureClock;
  readonly #smoother = new CaptureSmoother();
  #isDiscontinuous = true;

  constructor(faults: FaultCounters) {
    this.#faults = faults;
    this.#clock = new CaptureClock(rtpProfile.audioClockRate, faults);
  }

  /** Takes one packet; undefined when it holds no Opus. */
  push({ packet, lostBefore }: OrderedPacket, nowNs: bigint): AccessUnit | undefined {
    const durationUs = opusDurationUs(packet.payload);
    if (lostBefore > 0) {
      this.#isDiscontinuous = true;
      // The line is broken by packets of unknown length.
      this.#smoother.reset();
    }
    if (durationUs === undefined) {
      this.#faults.malformedPayloads += 1;
      return undefined;
    }
    const stamped = this.#clock.captureTimeOf(packet, nowNs);
    const captureTime = this.#smoother.push(stamped, BigInt(durationUs) * 1000n);
    const discontinuity = this.#isDiscontinuous;
    this.#isDiscontinuous = false;
    return {
      kind: 'audio',
      codec: 'opus',
      // A copy: these few bytes would keep a whole chunk alive in the queues.
      data: Uint8Array.from(packet.payload),
      key: true,
      captureTime,
      arrivalTime: nowNs,
      discardable: true,
      temporalLayer: 0,
      dependency: 0,
      durationUs,
      discontinuity,
    };
  }

  reset(): void {
    this.#clock.reset();
    this.#smoother.reset();
    this.#isDiscontinuous = true;
  }
}

/**
 * Length of an Opus packet by its first bytes (RFC 6716, section 3.1): `config:5 s:1 c:2`, and with c = 3 a second byte
 * `v:1 p:1 M:6`.
 *
 * @returns Microseconds; undefined when the packet breaks the format.
 */
export function opusDurationUs(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined || packet.length > MAX_PACKET_BYTES) return undefined;
  const frames = frameCount(toc & 3, packet[1]);
  const durationUs = frames * frameDurationUs(toc >> 3);
  return frames > 0 && durationUs <= MAX_DURATION_US ? durationUs : undefined;
}

/** 0 when the packet is too short to say. */
function frameCount(code: number, second: number | undefined): number {
  if (code === 0) return 1;
  return code < 3 ? 2 : (second ?? 0) & 0x3f;
}

function frameDurationUs(config: number): number {
  if (config < 12) return SILK_US[config % 4] ?? 0;
  if (config < 16) return HYBRID_US[config % 2] ?? 0;
  return CELT_US[config % 4] ?? 0;
}
