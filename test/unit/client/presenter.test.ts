import { expect, it } from 'vitest';
import { Presenter } from '../../../client/video/presenter.ts';

const frame = (now: number, newestSubmittedAt?: number, late = false) => ({
  now,
  late,
  submittedAt: now - 1000,
  newestSubmittedAt,
});

it('shows each frame of a stream that keeps pace', () => {
  const presenter = new Presenter();
  for (let now = 0; now < 1_000_000; now += 16_667) {
    expect(presenter.decide(frame(now))).toEqual({ type: 'show' });
    presenter.drawn(4000);
  }
});

it('shows what the server marked late only when nothing was shown for 100 ms', () => {
  const presenter = new Presenter();
  presenter.decide(frame(0));
  const shown: number[] = [];
  for (let now = 20_000; now <= 400_000; now += 20_000) {
    const decision = presenter.decide(frame(now, undefined, true));
    if (decision.type === 'show') shown.push(now);
    else expect(decision.reason).toBe('late');
  }
  expect(shown).toEqual([100_000, 200_000, 300_000, 400_000]);
});

it('shows a late frame when there is no picture yet', () => {
  expect(new Presenter().decide(frame(0, undefined, true))).toEqual({ type: 'show' });
});

it('skips a frame when a newer one comes out before it would be drawn', () => {
  const presenter = new Presenter();
  presenter.decide(frame(0));
  expect(presenter.decide(frame(20_000, 19_500))).toEqual({ type: 'skip', reason: 'superseded' });
  expect(presenter.decide(frame(21_000))).toEqual({ type: 'show' });
});

it('shows a frame when the next has only just gone into a slow decoder', () => {
  const presenter = new Presenter();
  for (let now = 0; now < 1_000_000; now += 16_667) {
    presenter.decide({ now, late: false, submittedAt: now - 15_000, newestSubmittedAt: undefined });
    presenter.drawn(1000);
  }
  const decision = presenter.decide({
    now: 1_000_000,
    late: false,
    submittedAt: 985_000,
    newestSubmittedAt: 999_000,
  });
  expect(decision).toEqual({ type: 'show' });
});

it('shows something every 66 ms however far behind it is', () => {
  const presenter = new Presenter();
  const shown: number[] = [];
  for (let now = 0; now < 500_000; now += 10_000) {
    if (presenter.decide(frame(now, now)).type === 'show') shown.push(now);
  }
  expect(shown).toEqual([0, 70_000, 140_000, 210_000, 280_000, 350_000, 420_000, 490_000]);
});
