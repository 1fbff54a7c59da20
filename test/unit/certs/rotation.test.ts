import { describe, expect, it } from 'vitest';

import { planRotation, type ServedCertificate } from '../../../certs/rotation.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const at = (days: number): Date => new Date(Date.UTC(2026, 0, 1) + days * DAY_MS);

/** A certificate of thirteen days, made `days` after the start. */
const made = (days: number, openSessions = 0): ServedCertificate => ({
  notBefore: new Date(at(days).getTime() - HOUR_MS),
  notAfter: new Date(at(days + 13).getTime() - HOUR_MS),
  servedSince: at(days),
  openSessions,
});

describe('planRotation', () => {
  it('asks for a first certificate', () => {
    expect(planRotation([], at(0))).toMatchObject({ create: true, current: undefined, retire: [] });
  });

  it('leaves a fresh certificate alone', () => {
    expect(planRotation([made(0)], at(9))).toMatchObject({ create: false, current: 0, retire: [] });
  });

  it('asks for the next one three days before the end', () => {
    const end = made(0).notAfter.getTime();
    expect(planRotation([made(0)], new Date(end - 3 * DAY_MS - 1)).create).toBe(false);
    expect(planRotation([made(0)], new Date(end - 3 * DAY_MS))).toMatchObject({
      create: true,
      current: 0,
    });
  });

  it('gives new clients the newest, and the old one a minute of grace', () => {
    const served = [made(0), made(10)];
    const early = new Date(at(10).getTime() + 59_999);
    expect(planRotation(served, early)).toMatchObject({ create: false, current: 1, retire: [] });
    expect(planRotation(served, early).askAgainAt).toEqual(new Date(at(10).getTime() + 60_000));
    expect(planRotation(served, new Date(at(10).getTime() + 60_000)).retire).toEqual([0]);
  });

  it('keeps a port as long as it has sessions, even after the certificate has ended', () => {
    expect(planRotation([made(0, 1), made(10)], at(20))).toMatchObject({ current: 1, retire: [] });
    expect(planRotation([made(0, 0), made(10)], at(20)).retire).toEqual([0]);
  });

  it('recovers when the machine slept past the end', () => {
    expect(planRotation([made(0, 2)], at(30))).toMatchObject({
      create: true,
      current: undefined,
      retire: [],
    });
    expect(planRotation([made(0, 2), made(30)], at(30))).toMatchObject({
      create: false,
      current: 1,
      retire: [],
    });
  });

  it('falls back to the older certificate when the clock was set back', () => {
    expect(planRotation([made(0), made(10)], at(5))).toMatchObject({ create: true, current: 0 });
  });

  it('always asks again in the future, within the hour', () => {
    for (let days = 0; days < 40; days += 0.37) {
      const now = at(days);
      const waitMs = planRotation([made(0, 1), made(10)], now).askAgainAt.getTime() - now.getTime();
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(HOUR_MS);
    }
  });
});
