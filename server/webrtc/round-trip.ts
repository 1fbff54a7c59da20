import type { Micros } from '../../protocol/time.ts';
import { compactNtp, type NtpClock } from './ntp.ts';

/** One 65,536th of a second, the unit of RTCP's short times, in microseconds. */
const SHORT_US = 1e6 / 65_536;

/** A round trip beyond this is none: a report of another life, microseconds. */
const MAX_US = 10e6;

/**
 * The round trip by a report on ours: now - the time of our report - what the peer kept it back (RFC 3550, section 6.4.1).
 *
 * @param report `lastReport` 0: none of ours has come
 * @returns microseconds; undefined where the report says nothing
 */
export function roundTripOf(
  { lastReport, delay }: { readonly lastReport: number; readonly delay: number },
  ntp: NtpClock,
  now: Micros,
): number | undefined {
  if (lastReport === 0) return undefined;
  const short = (compactNtp(ntp.at(now)) - lastReport - delay) | 0;
  const us = Math.round(short * SHORT_US);
  return us < 0 || us > MAX_US ? undefined : us;
}
