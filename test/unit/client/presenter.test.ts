import { describe, expect, it } from 'vitest';
import {
  Presenter,
  type DecodedFrame,
  type PresenterOutput,
} from '../../../client/video/presenter.ts';

const FRAME = 16_667;

let count = 0;
const frame = (now: number, fields: Partial<DecodedFrame<string>> = {}): DecodedFrame<string> => ({
  picture: 'picture',
  order: (count += 1),
  late: false,
  captureTime: now - 5_000,
  receivedAt: now - 1_500,
  submittedAt: now - 1_000,
  ...fields,
});

const what = (outputs: readonly PresenterOutput<string>[]): string[] =>
  outputs.map((output) => (output.type === 'show' ? 'show' : output.reason));

const atOnce = (): number => Number.NEGATIVE_INFINITY;

describe('the newest frame', () => {
  const presenter = (): Presenter<string> => new Presenter('newest', atOnce);

  it('is each frame of a stream that keeps pace', () => {
    const newest = presenter();
    for (let now = 0; now < 1_000_000; now += FRAME) {
      const outputs = newest.push(frame(now), { now, newestSubmittedAt: undefined });
      expect(what(outputs)).toEqual(['show']);
      newest.drawn(4000);
    }
    expect(newest.held).toBe(0);
  });

  it('is one that the server marked late only when nothing was shown for 100 ms', () => {
    const newest = presenter();
    newest.push(frame(0), { now: 0, newestSubmittedAt: undefined });
    const shown: number[] = [];
    for (let now = 20_000; now <= 400_000; now += 20_000) {
      const outputs = newest.push(frame(now, { late: true }), {
        now,
        newestSubmittedAt: undefined,
      });
      if (what(outputs)[0] === 'show') shown.push(now);
      else expect(what(outputs)).toEqual(['late']);
    }
    expect(shown).toEqual([100_000, 200_000, 300_000, 400_000]);
  });

  it('is a late one when there is no picture yet', () => {
    const outputs = presenter().push(frame(0, { late: true }), {
      now: 0,
      newestSubmittedAt: undefined,
    });
    expect(what(outputs)).toEqual(['show']);
  });

  it('is not one that a newer one overtakes before it would be drawn', () => {
    const newest = presenter();
    newest.push(frame(0), { now: 0, newestSubmittedAt: undefined });
    const first = newest.push(frame(20_000), { now: 20_000, newestSubmittedAt: 19_500 });
    expect(what(first)).toEqual(['superseded']);
    const second = newest.push(frame(21_000), { now: 21_000, newestSubmittedAt: undefined });
    expect(what(second)).toEqual(['show']);
  });

  it('is shown when the next has only just gone into a slow decoder', () => {
    const newest = presenter();
    for (let now = 0; now < 1_000_000; now += FRAME) {
      const slow = frame(now, { submittedAt: now - 15_000 });
      newest.push(slow, { now, newestSubmittedAt: undefined });
      newest.drawn(1000);
    }
    const now = 1_000_000;
    const slow = frame(now, { submittedAt: now - 15_000 });
    expect(what(newest.push(slow, { now, newestSubmittedAt: now - 1_000 }))).toEqual(['show']);
  });

  it('changes every 66 ms however far behind it is', () => {
    const newest = presenter();
    const shown: number[] = [];
    for (let now = 0; now < 500_000; now += 10_000) {
      const outputs = newest.push(frame(now), { now, newestSubmittedAt: now });
      if (what(outputs)[0] === 'show') shown.push(now);
    }
    expect(shown).toEqual([0, 70_000, 140_000, 210_000, 280_000, 350_000, 420_000, 490_000]);
  });

  it('is never older than what was shown', () => {
    const newest = presenter();
    newest.push(frame(0, { order: 900_000 }), { now: 0, newestSubmittedAt: undefined });
    const outputs = newest.push(frame(1, { order: 899_999 }), {
      now: 1,
      newestSubmittedAt: undefined,
    });
    expect(what(outputs)).toEqual(['overtaken']);
  });
});

describe('the cushion', () => {
  /** A stream at 60 per second up to `until`, each shown when it comes. */
  const steady = (until: number): Presenter<string> => {
    const presenter = new Presenter<string>('cushion', atOnce);
    for (let now = 0; now <= until; now += FRAME) {
      const outputs = presenter.push(frame(now), { now, newestSubmittedAt: undefined });
      expect(what(outputs)).toEqual(['show']);
    }
    return presenter;
  };

  it('keeps one frame in hand for 2 s after a frame came late, and then none', () => {
    const presenter = steady(30 * FRAME);
    const late = 31 * FRAME + 25_000;
    const first = frame(late, { captureTime: 31 * FRAME - 5_000 });
    expect(presenter.push(first, { now: late, newestSubmittedAt: undefined })).toEqual([]);
    let inHand = first;
    for (let at = 32; at * FRAME < late + 1_950_000; at += 1) {
      const now = Math.max(late + 1, at * FRAME);
      const next = frame(now, { captureTime: at * FRAME - 5_000 });
      const outputs = presenter.push(next, { now, newestSubmittedAt: undefined });
      expect(outputs).toEqual([{ type: 'show', frame: inHand }]);
      expect(presenter.held).toBe(1);
      inHand = next;
    }
    const now = late + 2_010_000;
    const captureTime = inHand.captureTime + FRAME;
    const outputs = presenter.push(frame(now, { captureTime }), {
      now,
      newestSubmittedAt: undefined,
    });
    expect(presenter.held + outputs.length).toBe(2);
  });

  it('shows the one in hand after a frame time when no other comes', () => {
    const presenter = steady(30 * FRAME);
    const now = 31 * FRAME + 30_000;
    const captureTime = 31 * FRAME - 5_000;
    expect(
      presenter.push(frame(now, { captureTime }), { now, newestSubmittedAt: undefined }),
    ).toEqual([]);
    const due = presenter.wakeAt(now) ?? 0;
    expect(due - now).toBeGreaterThan(15_000);
    expect(due - now).toBeLessThan(18_000);
    expect(presenter.tick(now + 10_000)).toEqual([]);
    expect(what(presenter.tick(due))).toEqual(['show']);
  });

  it('takes a pause of the picture for no underrun', () => {
    const presenter = steady(10 * FRAME);
    for (let now = 1_000_000; now < 5_000_000; now += 500_000) {
      const outputs = presenter.push(frame(now), { now, newestSubmittedAt: undefined });
      expect(what(outputs)).toEqual(['show']);
    }
  });
});

describe('frames with a time of their own', () => {
  const timed = (): Presenter<string> =>
    new Presenter('synchronized', ({ captureTime }) => captureTime + 100_000);

  it('wait for it, and are shown in order', () => {
    const presenter = timed();
    const first = frame(0, { captureTime: 0 });
    const second = frame(1_000, { captureTime: FRAME });
    expect(presenter.push(first, { now: 10_000, newestSubmittedAt: undefined })).toEqual([]);
    expect(presenter.push(second, { now: 20_000, newestSubmittedAt: undefined })).toEqual([]);
    expect(presenter.wakeAt(20_000)).toBe(100_000);
    expect(presenter.tick(99_000)).toEqual([]);
    expect(presenter.tick(100_000)).toEqual([{ type: 'show', frame: first }]);
    expect(presenter.tick(116_667)).toEqual([{ type: 'show', frame: second }]);
  });

  it('are dropped when a newer one is due as well', () => {
    const presenter = timed();
    presenter.push(frame(0, { captureTime: 0 }), { now: 0, newestSubmittedAt: undefined });
    presenter.push(frame(0, { captureTime: FRAME }), { now: 0, newestSubmittedAt: undefined });
    expect(what(presenter.tick(130_000))).toEqual(['superseded', 'show']);
  });

  it('are shown at once when they come too late', () => {
    const outputs = timed().push(frame(0, { captureTime: 0 }), {
      now: 150_000,
      newestSubmittedAt: undefined,
    });
    expect(what(outputs)).toEqual(['show']);
  });

  it('give way when more come ahead of their time than may be kept', () => {
    const presenter = timed();
    const outputs = [0, 1, 2, 3].flatMap((at) =>
      presenter.push(frame(0, { captureTime: at * FRAME }), {
        now: 0,
        newestSubmittedAt: undefined,
      }),
    );
    expect(what(outputs)).toEqual(['crowded']);
    expect(presenter.held).toBe(3);
  });

  it('go at once when the presentation changes to the newest', () => {
    let delay = 100_000;
    const presenter = new Presenter<string>(
      'synchronized',
      ({ captureTime }) => captureTime + delay,
    );
    presenter.push(frame(0, { captureTime: 0 }), { now: 0, newestSubmittedAt: undefined });
    presenter.push(frame(0, { captureTime: FRAME }), { now: 0, newestSubmittedAt: undefined });
    delay = Number.NEGATIVE_INFINITY;
    expect(what(presenter.configure('newest', 20_000))).toEqual(['superseded', 'show']);
    expect(presenter.wakeAt(20_000)).toBeUndefined();
  });
});
