import { describe, expect, it } from 'vitest';
import { Playout, type PlayoutSettings } from '../../../client/video/playout.ts';

const FRAME = 16_667;
const SECOND = 1_000_000;

/** The session clock is this far ahead of ours: only differences may count. */
const CLOCK = 5_000 * SECOND;

const NEWEST: PlayoutSettings = { presentation: 'newest', videoHoldMs: 0, audioBufferMs: 20 };
const SMOOTH: PlayoutSettings = {
  presentation: 'jitterBuffer',
  videoHoldMs: 150,
  audioBufferMs: 80,
};
const MOVIE: PlayoutSettings = {
  presentation: 'synchronized',
  videoHoldMs: 400,
  audioBufferMs: 200,
};

/** Frames at 60 per second with a way of 20 ms and `lateness`; returns the delays from capture to due, µs. */
function run(
  playout: Playout,
  span: { readonly from: number; readonly until: number },
  lateness: (at: number) => number = () => 0,
): number[] {
  const delays: number[] = [];
  for (let at = span.from; at < span.until; at += FRAME) {
    const receivedAt = at + 20_000 + lateness(at);
    const unit = { captureTime: at + CLOCK, receivedAt };
    playout.arrived(unit);
    delays.push(playout.dueAt(unit, receivedAt) - at);
  }
  return delays;
}

describe('smooth', () => {
  it('holds a picture that comes steadily 60 ms', () => {
    const delays = run(new Playout(SMOOTH), { from: 0, until: 5 * SECOND });
    expect(delays.at(-1)).toBeCloseTo(80_000, -2);
  });

  it('reaches its hold by a slower picture, within 300 ms', () => {
    const playout = new Playout(NEWEST);
    expect(run(playout, { from: 0, until: SECOND })[0]).toBe(Number.NEGATIVE_INFINITY);
    playout.configure(SMOOTH, SECOND);
    const delays = run(playout, { from: SECOND, until: 2 * SECOND });
    const steps = delays.slice(1).map((delay, at) => delay - (delays[at] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(FRAME);
    expect(delays[Math.ceil(300_000 / FRAME)]).toBeCloseTo(80_000, -2);
  });

  it('holds more at once when frames come later, less only slowly, and never more than 150 ms', () => {
    const playout = new Playout(SMOOTH);
    run(playout, { from: 0, until: 3 * SECOND });
    const jittery = run(playout, { from: 3 * SECOND, until: 6 * SECOND }, (at) =>
      Math.round(at / FRAME) % 4 === 0 ? 120_000 : 0,
    );
    expect(Math.max(...jittery)).toBeGreaterThanOrEqual(139_000);
    const after = run(playout, { from: 6 * SECOND, until: 7 * SECOND });
    expect(after.at(-1)).toBeGreaterThan(125_000);
    const later = run(playout, { from: 7 * SECOND, until: 30 * SECOND });
    expect(later.at(-1)).toBeCloseTo(80_000, -3);
    const worst = run(playout, { from: 30 * SECOND, until: 33 * SECOND }, (at) =>
      Math.round(at / FRAME) % 2 === 0 ? 400_000 : 0,
    );
    // From the arrival of the frame itself: no frame is held longer than the mode says.
    worst.forEach((delay, at) => {
      const lateness = Math.round((30 * SECOND + at * FRAME) / FRAME) % 2 === 0 ? 400_000 : 0;
      expect(delay - 20_000 - lateness).toBeLessThanOrEqual(150_000);
    });
  });

  it('goes in step with sound that plays later, as far as its bound', () => {
    const playout = new Playout(SMOOTH);
    run(playout, { from: 0, until: SECOND });
    playout.sound(130_000 - CLOCK, SECOND);
    expect(run(playout, { from: SECOND, until: 2 * SECOND }).at(-1)).toBeCloseTo(130_000, -2);
    playout.sound(900_000 - CLOCK, 2 * SECOND);
    expect(run(playout, { from: 2 * SECOND, until: 3 * SECOND }).at(-1)).toBeCloseTo(170_000, -2);
    playout.sound(undefined, 3 * SECOND);
    expect(run(playout, { from: 3 * SECOND, until: 5 * SECOND }).at(-1)).toBeLessThan(150_000);
  });
});

describe('movie', () => {
  it('shows at capture time plus a constant, whatever the jitter', () => {
    const playout = new Playout(MOVIE);
    run(playout, { from: 0, until: 3 * SECOND });
    const delays = run(
      playout,
      { from: 3 * SECOND, until: 6 * SECOND },
      (at) => (Math.round(at / FRAME) * 7919) % 150_000,
    );
    expect(Math.max(...delays) - Math.min(...delays)).toBeLessThan(1_000);
    expect(delays[0]).toBeCloseTo(220_000, -3);
  });

  it('follows the sound, and moves as slowly as its speed is bent while it is nearly right', () => {
    const playout = new Playout(MOVIE);
    run(playout, { from: 0, until: 3 * SECOND });
    for (let now = 3 * SECOND; now < 5 * SECOND; now += 100_000) {
      playout.sound(300_000 - CLOCK, now);
      run(playout, { from: now, until: now + 100_000 });
    }
    expect(run(playout, { from: 5 * SECOND, until: 5 * SECOND + FRAME })[0]).toBeCloseTo(
      300_000,
      -3,
    );
    playout.sound(310_000 - CLOCK, 5 * SECOND);
    const delays = run(playout, { from: 5 * SECOND, until: 6 * SECOND });
    expect((delays.at(-1) ?? 0) - (delays[0] ?? 0)).toBeLessThan(6_000);
  });

  it('goes on without a sound clock that is no longer told', () => {
    const playout = new Playout(MOVIE);
    playout.sound(380_000 - CLOCK, 0);
    expect(run(playout, { from: 0, until: 2 * SECOND }).at(-1)).toBeCloseTo(380_000, -3);
    expect(run(playout, { from: 2 * SECOND, until: 6 * SECOND }).at(-1)).toBeCloseTo(220_000, -4);
  });
});

it('begins anew when the timeline of the source jumps', () => {
  const playout = new Playout(SMOOTH);
  run(playout, { from: 0, until: 3 * SECOND });
  const unit = (at: number) => ({ captureTime: at + 9 * CLOCK, receivedAt: at + 20_000 });
  for (let at = 3 * SECOND; at < 5 * SECOND; at += FRAME) playout.arrived(unit(at));
  const last = unit(5 * SECOND);
  expect(playout.dueAt(last, last.receivedAt) - last.receivedAt).toBeLessThanOrEqual(150_000);
  expect(playout.dueAt(last, last.receivedAt) - last.receivedAt).toBeGreaterThanOrEqual(0);
});
