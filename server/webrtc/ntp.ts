import type { Micros } from '../../protocol/time.ts';

/** Seconds from the epoch of NTP, 1900, to that of Unix (RFC 5905, section 6). */
const NTP_TO_UNIX_SECONDS = 2_208_988_800;

/** Fractions of a second in NTP's 32 bits. */
const FRACTIONS = 2 ** 32;

/** A moment as NTP writes it: seconds and 32-bit fractions, both u32. */
export interface NtpTime {
  readonly seconds: number;
  readonly fraction: number;
}

/** Turns moments of the session clock into wall-clock time as RTCP and capture times carry it. */
export class NtpClock {
  readonly #unixMicrosAtOrigin: number;

  /** @param unixMicros the wall clock, microseconds since 1970, at the moment `now` of the session clock */
  constructor(unixMicros: number, now: Micros) {
    this.#unixMicrosAtOrigin = unixMicros - now;
  }

  at(moment: Micros): NtpTime {
    const unix = this.#unixMicrosAtOrigin + moment;
    const seconds = Math.floor(unix / 1e6);
    const fraction = Math.floor(((unix - seconds * 1e6) / 1e6) * FRACTIONS);
    return { seconds: (seconds + NTP_TO_UNIX_SECONDS) >>> 0, fraction: fraction >>> 0 };
  }
}

/** The middle 32 bits, in units of 1/65,536 s: how reports refer to a time (RFC 3550, section 4). */
export const compactNtp = ({ seconds, fraction }: NtpTime): number =>
  (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
