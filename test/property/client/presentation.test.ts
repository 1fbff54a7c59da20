import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Presentation } from '../../../protocol/latency-mode.ts';
import {
  AccessUnitHold,
  MAX_HELD_BYTES,
  MAX_HELD_UNITS,
} from '../../../client/video/access-unit-hold.ts';
import { Playout, type PlayoutSettings } from '../../../client/video/playout.ts';
import {
  MAX_HELD_FRAMES,
  Presenter,
  type DecodedFrame,
  type PresenterOutput,
} from '../../../client/video/presenter.ts';

const presentations = [
  'newest',
  'cushion',
  'jitterBuffer',
  'synchronized',
] as const satisfies readonly Presentation[];

const settings: fc.Arbitrary<PlayoutSettings> = fc.record({
  presentation: fc.constantFrom(...presentations),
  videoHoldMs: fc.integer({ min: 0, max: 2_000 }),
  audioBufferMs: fc.integer({ min: 5, max: 2_000 }),
});

/** What happens next, and how many µs after the event before. */
const event = fc.record({
  after: fc.integer({ min: 0, max: 60_000 }),
  what: fc.oneof(
    fc.record({
      type: fc.constant('frame' as const),
      lateness: fc.integer({ min: 0, max: 3_000_000 }),
      isLate: fc.boolean(),
      isFollowed: fc.boolean(),
      step: fc.integer({ min: -1, max: 2 }),
    }),
    fc.record({ type: fc.constant('tick' as const) }),
    fc.record({ type: fc.constant('reset' as const) }),
    fc.record({ type: fc.constant('configure' as const), settings }),
    fc.record({
      type: fc.constant('sound' as const),
      shift: fc.option(fc.integer({ min: -3_000_000, max: 3_000_000 }), { nil: undefined }),
    }),
  ),
});

it('lets each frame out once, never shows backwards, and keeps few', () => {
  fc.assert(
    fc.property(settings, fc.array(event, { maxLength: 200 }), (first, events) => {
      const playout = new Playout(first);
      const presenter = new Presenter<number>(first.presentation, (frame, now) =>
        playout.dueAt(frame, now),
      );
      const inside = new Set<number>();
      let [now, shown, sequence, pictures] = [0, -1, 0, 0];
      const take = (outputs: readonly PresenterOutput<number>[]): void => {
        for (const { type, frame } of outputs) {
          expect(inside.delete(frame.picture)).toBe(true);
          if (type !== 'show') continue;
          expect(frame.order).toBeGreaterThan(shown);
          shown = frame.order;
        }
      };
      for (const { after, what } of events) {
        now += after;
        switch (what.type) {
          case 'frame': {
            sequence = Math.max(0, sequence + what.step);
            const frame: DecodedFrame<number> = {
              picture: (pictures += 1),
              order: sequence,
              late: what.isLate,
              captureTime: now - what.lateness,
              receivedAt: now,
              submittedAt: now,
            };
            inside.add(frame.picture);
            playout.arrived(frame);
            const newestSubmittedAt = what.isFollowed ? now : undefined;
            take(presenter.push(frame, { now, newestSubmittedAt }));
            break;
          }
          case 'tick':
            take(presenter.tick(now));
            break;
          case 'reset':
            take(presenter.reset());
            playout.reset();
            break;
          case 'configure':
            playout.configure(what.settings, now);
            take(presenter.configure(what.settings.presentation, now));
            break;
          case 'sound':
            playout.sound(what.shift, now);
            break;
        }
        expect(presenter.held).toBe(inside.size);
        expect(presenter.held).toBeLessThanOrEqual(MAX_HELD_FRAMES);
      }
      // Whatever waits is due within the longest hold of any settings.
      take(presenter.tick(now + 2_000_000));
      expect(inside.size).toBe(0);
    }),
  );
});

it('never holds a frame beyond the bound of the settings', () => {
  const arrivals = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 100_000 }),
      transit: fc.integer({ min: -5_000_000, max: 5_000_000 }),
      sound: fc.option(fc.integer({ min: -9_000_000, max: 9_000_000 })),
    }),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(settings, arrivals, (chosen, list) => {
      const playout = new Playout(chosen);
      let now = 0;
      for (const { after, transit, sound } of list) {
        now += after;
        if (sound !== null) playout.sound(sound, now);
        const unit = { captureTime: now - transit, receivedAt: now };
        playout.arrived(unit);
        expect(playout.dueAt(unit, now) - now).toBeLessThanOrEqual(chosen.videoHoldMs * 1000);
      }
    }),
  );
});

it('hands every access unit on, in order, within its bounds of number and bytes', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 50_000 }),
    kilobytes: fc.integer({ min: 0, max: 8_192 }),
    wait: fc.integer({ min: 0, max: 2_000_000 }),
    room: fc.integer({ min: -2, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const hold = new AccessUnitHold<{
        captureTime: number;
        receivedAt: number;
        bytes: Uint8Array;
      }>();
      const taken: number[] = [];
      let now = 0;
      // `captureTime` carries the number, `receivedAt` the moment that it is due.
      steps.forEach(({ after, kilobytes, wait, room }, at) => {
        now += after;
        const bytes = { length: kilobytes * 1024 } as Uint8Array;
        hold.push({ captureTime: at, receivedAt: now + wait, bytes });
        const out = hold.take(now, (unit) => unit.receivedAt, { lead: 10_000, room });
        taken.push(...out.map((unit) => unit.captureTime));
        expect(hold.length).toBeLessThanOrEqual(MAX_HELD_UNITS);
        expect(hold.bytes).toBeLessThanOrEqual(MAX_HELD_BYTES);
      });
      const rest = hold.take(Infinity, (unit) => unit.receivedAt, { lead: 0, room: 0 });
      taken.push(...rest.map((unit) => unit.captureTime));
      expect(taken).toEqual(steps.map((_, at) => at));
      expect(hold.bytes).toBe(0);
    }),
  );
});
