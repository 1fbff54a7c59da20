import { describe, expect, it } from 'vitest';
import { BEAT_MS, GatewayHealth, type Vitals } from '../../../server/health/gateway-health.ts';

const well: Vitals = {
  display: { name: ':7', isConnected: true },
  hasPicture: true,
  hasSound: true,
  isFed: false,
};
const isAway = { display: { name: ':7', isConnected: false } };

/** Beats as the timer does, for so many seconds; returns the time then. */
function beatFor(health: GatewayHealth, vitals: Vitals, seconds: number, from = 0): number {
  let now = from;
  for (; now < from + seconds * 1_000; now += BEAT_MS) health.beat(vitals, now);
  return now;
}

describe('the health of the gateway', () => {
  it('is not ready before the first look, and ready with display and encoder', () => {
    const health = new GatewayHealth();
    expect(health.ready.isOk).toBe(false);
    health.beat(well, 0);
    expect(health.ready).toEqual({ isOk: true, reasons: [], notes: [] });
    expect(health.live.isOk).toBe(true);
  });

  it('says what it waits for, and that sound keeps nobody waiting', () => {
    const health = new GatewayHealth();
    health.beat({ ...well, ...isAway, hasPicture: false }, 0);
    expect(health.ready.reasons).toEqual(['waits for the X display :7', 'no encoder is running']);
    health.beat({ ...well, hasSound: false }, BEAT_MS);
    expect(health.ready).toEqual({
      isOk: true,
      reasons: [],
      notes: ['waits for the sound server'],
    });
  });

  it('is not ready when it stops, and alive until it is gone', () => {
    const health = new GatewayHealth();
    health.beat(well, 0);
    health.stopping();
    expect(health.ready.reasons).toEqual(['the gateway is stopping']);
    expect(health.live.isOk).toBe(true);
  });

  it('lives however long the display is away', () => {
    const health = new GatewayHealth();
    beatFor(health, { ...well, ...isAway, hasPicture: false }, 3_600);
    expect(health.live.isOk).toBe(true);
  });

  it('fails when no encoder stays alive for a minute although the display is there, and recovers', () => {
    const health = new GatewayHealth();
    const barren = { ...well, hasPicture: false };
    let now = beatFor(health, barren, 59);
    expect(health.live.isOk).toBe(true);
    now = beatFor(health, barren, 2, now);
    expect(health.live.reasons).toEqual(['no encoder stays alive for 60 s']);
    beatFor(health, well, 1, now);
    expect(health.live.isOk).toBe(true);
  });

  it('counts the minute anew when the display was away in between', () => {
    const health = new GatewayHealth();
    let now = beatFor(health, { ...well, hasPicture: false }, 50);
    now = beatFor(health, { ...well, ...isAway, hasPicture: false }, 1, now);
    beatFor(health, { ...well, hasPicture: false }, 50, now);
    expect(health.live.isOk).toBe(true);
  });

  it('lets a program that paints pictures come when it likes', () => {
    const health = new GatewayHealth();
    beatFor(health, { ...well, display: undefined, hasPicture: false, isFed: true }, 600);
    expect([health.live.isOk, health.ready.isOk]).toEqual([true, false]);
  });

  it('fails when the event loop is late at every look, not for one pause', () => {
    const health = new GatewayHealth();
    health.beat(well, 0);
    health.beat(well, 30_000);
    expect(health.live.isOk).toBe(true);
    for (let late = 1; late < 5; late += 1) health.beat(well, 30_000 + late * 2_000);
    expect(health.live.reasons).toEqual(['the event loop hangs']);
    health.beat(well, 38_000 + BEAT_MS);
    expect(health.live.isOk).toBe(true);
  });
});
