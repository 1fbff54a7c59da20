import { expect, test } from 'vitest';

import type { RtpPacket } from '../../../server/ingest/rtp-packet.ts';
import { SenderClock } from '../../../server/ingest/sender-clock.ts';

const MS = 1_000_000n;
const NOW = 1_000_000n * MS;
const WALL = 1_800_000_000_000n * MS;
const NTP = 2_208_988_800_000n * MS;
/** 90,000 ticks a second. */
const TICKS_PER_MS = 90;

const packet = (ms: number, captureTime?: bigint): RtpPacket => ({
  marker: true,
  payloadType: 96,
  sequence: 0,
  timestamp: Math.round(ms * TICKS_PER_MS) >>> 0,
  captureTime,
  payload: new Uint8Array(0),
});
const clockAt = (wall = WALL): SenderClock => new SenderClock(90_000, () => wall);

test('stamps on the monotonic and on the wall clock are taken, absurd ones are not', () => {
  expect(clockAt().captureTimeOf(packet(0, NOW - 20n * MS), NOW)).toBe(NOW - 20n * MS);
  const onWall = NTP + WALL - 30n * MS;
  expect(clockAt().captureTimeOf(packet(0, onWall), NOW)).toBe(NOW - 30n * MS);
  expect(clockAt().captureTimeOf(packet(0, NOW + 60n * MS), NOW)).toBe(NOW);
  expect(clockAt().captureTimeOf(packet(0, NOW - 5_000n * MS), NOW)).toBe(NOW);
});

test('without stamps the RTP timestamps say when, joined to the arrivals that were delayed least', () => {
  const clock = clockAt();
  clock.captureTimeOf(packet(0), NOW);
  // 16 ms of jitter move the time by less than a tenth of a millisecond.
  const late = clock.captureTimeOf(packet(20), NOW + 36n * MS) - NOW;
  expect(late).toBeGreaterThanOrEqual(20n * MS);
  expect(late).toBeLessThan(20n * MS + MS / 10n);
  // Nothing arrives before it was captured.
  expect(clock.captureTimeOf(packet(40), NOW + 30n * MS)).toBe(NOW + 30n * MS);
});

test('a clock that drifts by 500 ppm, and one that jumps, are followed', () => {
  for (const drift of [0.9995, 1.0005]) {
    const clock = clockAt();
    let worst = 0n;
    for (let ms = 0; ms < 600_000; ms += 20) {
      const arrival = NOW + BigInt(Math.round(ms * 1e6));
      const error = arrival - clock.captureTimeOf(packet(ms * drift), arrival);
      if (error > worst) worst = error;
    }
    expect(worst).toBeLessThan(4n * MS);
  }
  const clock = clockAt();
  clock.captureTimeOf(packet(0), NOW);
  expect(clock.captureTimeOf(packet(20), NOW + 5_000n * MS)).toBe(NOW + 5_000n * MS);
});
