import { describe, expect, test } from 'vitest';
import { Priority, sequence } from '../../../protocol/flow.ts';
import { millis } from '../../../protocol/time.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { AUDIO, BULK, CURSOR, drain, link, message, ms, sequences, VIDEO } from './messages.ts';

const openQueue = (): DeadlineQueue => {
  const queue = new DeadlineQueue();
  queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
  queue.openFlow(AUDIO, { kind: 'audio', priority: Priority.audio });
  queue.openFlow(CURSOR, { kind: 'cursor', priority: Priority.interface });
  queue.openFlow(BULK, { kind: 'bulk', priority: Priority.bulk });
  queue.updateLink(link(8e6));
  return queue;
};

const piece = { maxBytes: 1000, urgentOnly: false };

describe('order', () => {
  test('audio goes before a video frame that has begun, which then continues', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 2500 }), ms(0));
    expect(queue.next(ms(0), piece)).toMatchObject({ offset: 0, last: false });
    queue.push(message(0, { flow: AUDIO, bytes: 100 }), ms(0));
    expect(queue.next(ms(0), piece)?.message.header.flow).toBe(AUDIO);
    expect(queue.next(ms(0), piece)).toMatchObject({ offset: 1000, last: false });
    const last = queue.next(ms(0), piece);
    expect(last).toMatchObject({ offset: 2000, last: true });
    expect(last?.bytes).toHaveLength(500);
    expect(queue.queuedBytes).toBe(0);
  });

  test('only audio is urgent', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true }), ms(0));
    expect(queue.next(ms(0), { maxBytes: 1000, urgentOnly: true })).toBeUndefined();
    queue.push(message(0, { flow: AUDIO }), ms(0));
    const urgent = queue.next(ms(0), { maxBytes: 1000, urgentOnly: true });
    expect(urgent?.message.header.flow).toBe(AUDIO);
  });

  test('an empty message is one empty piece', () => {
    const queue = openQueue();
    queue.push(message(0, { flow: BULK, bytes: 0, budget: 0 }), ms(0));
    expect(queue.next(ms(0), piece)).toMatchObject({ offset: 0, last: true });
    expect(queue.next(ms(0), piece)).toBeUndefined();
  });

  test('cursor and bulk keep 5 % each while video fills the link', () => {
    const queue = openQueue();
    queue.push(message(0, { flow: CURSOR, bytes: 200_000, budget: 0 }), ms(0));
    queue.push(message(0, { flow: BULK, bytes: 200_000, budget: 0 }), ms(0));
    const sent = new Map<number, number>();
    let total = 0;
    for (let seq = 0; total < 1_000_000; seq++) {
      queue.push(message(seq, { key: seq === 0, bytes: 20_000, budget: 0 }), ms(0));
      for (let count = 0; count < 22; count++) {
        const next = queue.next(ms(0), piece);
        if (!next) throw new Error('queue ran empty');
        const { flow } = next.message.header;
        sent.set(flow, (sent.get(flow) ?? 0) + next.bytes.byteLength);
        total += next.bytes.byteLength;
      }
    }
    expect(sent.get(CURSOR)).toBeGreaterThan(0.049 * total);
    expect(sent.get(BULK)).toBeGreaterThan(0.049 * total);
    expect(sent.get(VIDEO)).toBeGreaterThan(0.89 * total);
  });
});

describe('deadlines', () => {
  test('a discardable frame goes when it can no longer finish: 100 ms - 8 ms decode - 10 ms on the wire', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 0 }), ms(0));
    drain(queue, ms(0));
    queue.push(message(1, { discardable: true, bytes: 10_000 }), ms(0));
    queue.push(message(2, { dependency: 2, bytes: 10 }), ms(0));
    expect(queue.next(ms(82), { maxBytes: 1, urgentOnly: false })?.message.header.seq).toBe(1);

    const late = openQueue();
    late.push(message(0, { key: true, bytes: 0 }), ms(0));
    drain(late, ms(0));
    late.push(message(1, { discardable: true, bytes: 10_000 }), ms(0));
    late.push(message(2, { dependency: 2, bytes: 10 }), ms(0));
    expect(sequences(drain(late, ms(83)))).toEqual([2]);
    expect(late.takeAbandoned()).toEqual([
      { flow: VIDEO, first: 1, count: 1, reason: 1, started: [] },
    ]);
    expect(late.drops).toMatchObject({ expired: 1 });
  });

  test('half of the round trip is needed too', () => {
    const queue = openQueue();
    queue.updateLink(link(0, 40));
    queue.push(message(0, { flow: AUDIO, budget: 100 }), ms(0));
    expect(sequences(drain(queue, ms(72)))).toEqual([0]);
    queue.push(message(1, { flow: AUDIO, budget: 100 }), ms(0));
    expect(drain(queue, ms(73))).toEqual([]);
  });

  test('a late P frame is sent with LATE while the queue costs no more than a keyframe', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 5000 }), ms(0));
    drain(queue, ms(0));
    queue.push(message(1, { bytes: 5000 }), ms(0));
    const [first] = drain(queue, ms(93));
    expect(first?.message.header).toMatchObject({ seq: 1, late: true });
    expect(queue.takeAbandoned()).toEqual([]);
  });

  test('a late chain that costs more than a keyframe is cut, and only a keyframe goes on', () => {
    const queue = openQueue();
    queue.takeKeyframeWanted();
    queue.push(message(0, { key: true, bytes: 5000 }), ms(0));
    drain(queue, ms(0));
    for (const seq of [1, 2, 3]) queue.push(message(seq, { bytes: 3000 }), ms(0));
    expect(queue.next(ms(0), piece)?.message.header.seq).toBe(1);
    expect(queue.next(ms(93), piece)).toBeUndefined();
    expect(queue.takeAbandoned()).toEqual([
      { flow: VIDEO, first: 1, count: 3, reason: 1, started: [1] },
    ]);
    queue.push(message(4, { capture: ms(93) }), ms(93));
    expect(queue.takeAbandoned()).toEqual([
      { flow: VIDEO, first: 4, count: 1, reason: 3, started: [] },
    ]);
    queue.push(message(5, { key: true, capture: ms(110) }), ms(110));
    expect(sequences(drain(queue, ms(110)))).toEqual([5]);
  });

  test('a keyframe that is late is sent to its end all the same', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 50_000 }), ms(0));
    for (let at = 0; at < 50; at++) {
      expect(queue.next(ms(at * 10), piece)?.message.header.seq).toBe(0);
    }
    expect(queue.queuedBytes).toBe(0);
  });

  test('a revised budget moves the deadline of what is not begun', () => {
    const queue = openQueue();
    queue.push(message(0, { flow: AUDIO, budget: 20 }), ms(0));
    queue.revise(AUDIO, sequence(0), { count: 1, budget: millis(200) });
    const [revised] = drain(queue, ms(100));
    expect(revised?.message.header).toMatchObject({ budget: 200, late: false });
  });
});

describe('a new keyframe', () => {
  test('gives frames in front 20 ms, then takes over', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 100_000 }), ms(0));
    drain(queue, ms(0));
    queue.push(message(1, { bytes: 3000, budget: 1000 }), ms(0));
    queue.push(message(2, { bytes: 3000, budget: 1000 }), ms(0));
    queue.push(message(3, { key: true, budget: 1000 }), ms(10));
    expect(queue.next(ms(30), piece)?.message.header.seq).toBe(1);
    expect(sequences(drain(queue, ms(31), 1000))).toEqual([3]);
    expect(queue.takeAbandoned()).toEqual([
      { flow: VIDEO, first: 1, count: 2, reason: 2, started: [1] },
    ]);
  });

  test('lets a frame finish that needs one more fragment', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 100_000 }), ms(0));
    drain(queue, ms(0));
    queue.push(message(1, { bytes: 2000, budget: 1000 }), ms(0));
    queue.next(ms(0), piece);
    queue.push(message(2, { key: true, budget: 1000 }), ms(10));
    expect(sequences(drain(queue, ms(100), 1000))).toEqual([1, 2]);
  });

  test('replaces one that waits, with all that depends on it', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true }), ms(0));
    queue.push(message(1), ms(0));
    queue.push(message(2, { key: true }), ms(1));
    expect(sequences(drain(queue, ms(1)))).toEqual([2]);
    expect(queue.drops).toMatchObject({ superseded: 2 });
  });

  test('a begun keyframe is finished, so that a slow link shows pictures at all', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 50_000 }), ms(0));
    queue.next(ms(0), piece);
    for (let seq = 1; seq < 10; seq++) {
      queue.push(message(seq, { key: true, bytes: 50_000 }), ms(seq * 250));
      queue.next(ms(seq * 250), piece);
    }
    expect(sequences(drain(queue, ms(2500)))).toEqual([0, 9]);
  });
});

describe('dependencies', () => {
  /** A sent keyframe, a discardable frame that cannot finish after 82 ms, and one that was wrongly made to depend on it. */
  const withWrongReference = (): DeadlineQueue => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 0 }), ms(0));
    drain(queue, ms(0));
    queue.takeKeyframeWanted();
    queue.push(message(1, { discardable: true, bytes: 10_000 }), ms(0));
    return queue;
  };

  test('what waits behind a reference that expires goes with it, and a keyframe is wanted', () => {
    const queue = withWrongReference();
    queue.push(message(2, { dependency: 1, bytes: 10 }), ms(0));
    queue.push(message(3, { dependency: 1, bytes: 10 }), ms(0));
    expect(drain(queue, ms(300))).toEqual([]);
    expect(queue.drops).toMatchObject({ expired: 1, dependencyLost: 2 });
    expect(queue.takeKeyframeWanted()).toBe(true);
  });

  test('a frame whose reference expired is refused, and a keyframe is wanted', () => {
    const queue = withWrongReference();
    expect(drain(queue, ms(300))).toEqual([]);
    expect(queue.takeKeyframeWanted()).toBe(false);
    queue.push(message(2, { dependency: 1, bytes: 10, capture: ms(300) }), ms(300));
    expect(queue.drops).toMatchObject({ dependencyLost: 1 });
    expect(queue.takeKeyframeWanted()).toBe(true);
  });

  test('nothing may depend on what lies before the last keyframe', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true }), ms(0));
    queue.push(message(1), ms(0));
    queue.push(message(2, { key: true }), ms(0));
    queue.push(message(3, { dependency: 2 }), ms(0));
    expect(queue.drops).toMatchObject({ superseded: 2, dependencyLost: 1 });
    expect(sequences(drain(queue, ms(0)))).toEqual([2]);
  });
});

describe('keyframe requests', () => {
  test('a flow asks from its start, then at most every 250 ms', () => {
    const queue = openQueue();
    queue.push(message(0), ms(0));
    expect(queue.takeKeyframeWanted()).toBe(true);
    expect(queue.takeKeyframeWanted()).toBe(false);
    queue.push(message(1), ms(249));
    expect(queue.takeKeyframeWanted()).toBe(false);
    queue.push(message(2), ms(250));
    expect(queue.takeKeyframeWanted()).toBe(true);
    queue.push(message(3, { key: true }), ms(500));
    expect(queue.takeKeyframeWanted()).toBe(false);
  });
});

describe('a link that the encoder does not follow', () => {
  const spectatorsQueue = (): DeadlineQueue => {
    const queue = openQueue();
    queue.setFollowed(false);
    queue.updateLink(link(2e6));
    return queue;
  };

  test('a picture that could not be through in 60 ms is not queued, nor what depends on it', () => {
    const queue = spectatorsQueue();
    queue.push(message(0, { key: true, bytes: 8_000 }), ms(0));
    queue.push(message(1, { bytes: 6_000 }), ms(0));
    queue.push(message(2, { bytes: 2_000 }), ms(0));
    queue.push(message(3, { bytes: 100 }), ms(0));
    expect(queue.queuedBytes).toBe(14_000);
    expect(queue.drops).toMatchObject({ chainLate: 1, dependencyLost: 1 });
  });

  test('an upper picture that waits takes no room from a base picture', () => {
    const queue = spectatorsQueue();
    queue.push(message(0, { key: true, bytes: 6_000 }), ms(0));
    queue.push(message(1, { bytes: 6_000, discardable: true }), ms(0));
    queue.push(message(2, { bytes: 6_000, dependency: 2 }), ms(0));
    expect(sequences(drain(queue, ms(0)))).toEqual([0, 2]);
    expect(queue.drops).toMatchObject({ chainLate: 0, superseded: 1 });
  });

  test('what waits on the path counts as well, from 25 ms on', () => {
    const queue = spectatorsQueue();
    queue.push(message(0, { key: true, bytes: 1_000 }), ms(0));
    drain(queue, ms(0));
    queue.updateLink({ ...link(2e6), queueDelay: ms(45) });
    queue.push(message(1, { bytes: 9_000 }), ms(0));
    queue.push(message(2, { bytes: 2_000 }), ms(0));
    expect(queue.queuedBytes).toBe(9_000);
  });

  test('a picture that waited for more than 60 ms goes: the link carries less than it seemed to', () => {
    const queue = spectatorsQueue();
    queue.push(message(0, { key: true, bytes: 1_000 }), ms(0));
    drain(queue, ms(0));
    queue.push(message(1, { bytes: 9_000, budget: 1_000 }), ms(0));
    queue.next(ms(60), piece);
    expect(queue.drops.chainLate).toBe(0);
    expect(queue.next(ms(61), piece)).toBeUndefined();
    expect(queue.drops.chainLate).toBe(1);
  });

  test('no keyframe is queued behind one that needs 50 ms more; the next one is asked for when that is through', () => {
    const queue = spectatorsQueue();
    queue.takeKeyframeWanted();
    queue.push(message(0, { key: true, bytes: 50_000 }), ms(0));
    queue.takeKeyframeWanted();
    queue.next(ms(0), piece);
    queue.push(message(1, { key: true, bytes: 20_000 }), ms(300));
    expect(queue.queuedBytes).toBe(49_000);
    expect(queue.drops.superseded).toBe(1);
    expect(queue.takeKeyframeWanted()).toBe(false);
    for (let sent = 0; sent < 38; sent += 1) queue.next(ms(400), piece);
    expect(queue.takeKeyframeWanted()).toBe(true);
  });

  test('no keyframe is asked for while something waits on the path', () => {
    const queue = spectatorsQueue();
    queue.updateLink({ ...link(2e6), queueDelay: ms(26) });
    queue.push(message(0), ms(0));
    expect(queue.takeKeyframeWanted()).toBe(false);
    queue.updateLink(link(2e6));
    queue.push(message(1), ms(1));
    expect(queue.takeKeyframeWanted()).toBe(true);
  });

  test('wants keyframes of 50 ms', () => {
    const queue = spectatorsQueue();
    expect(queue.keyframeBytes).toBe(12_500);
    queue.updateLink(link(0));
    expect(queue.keyframeBytes).toBe(Infinity);
    queue.updateLink(link(2e6));
    queue.setFollowed(true);
    expect(queue.keyframeBytes).toBe(Infinity);
  });
});

describe('bounds', () => {
  test('video beyond 500 ms of the bandwidth drops to the next keyframe', () => {
    const queue = openQueue();
    queue.push(message(0, { key: true, bytes: 1000, budget: 10_000 }), ms(0));
    drain(queue, ms(0));
    let seq = 1;
    for (; seq <= 50; seq++) queue.push(message(seq, { bytes: 10_000, budget: 10_000 }), ms(0));
    expect(queue.queuedBytes).toBe(500_000);
    queue.push(message(seq, { bytes: 10_000, budget: 10_000 }), ms(0));
    expect(queue.queuedBytes).toBe(0);
    expect(queue.takeAbandoned().map(({ reason, count }) => ({ reason, count }))).toEqual([
      { reason: 5, count: 50 },
      { reason: 3, count: 1 },
    ]);
  });

  test('what is not video fills half of 4 MiB at most', () => {
    const queue = openQueue();
    queue.push(message(0, { flow: BULK, bytes: 2 * 1024 * 1024, budget: 0 }), ms(0));
    queue.push(message(1, { flow: BULK, bytes: 1, budget: 0 }), ms(0));
    expect(queue.drops).toMatchObject({ overflow: 1 });
    queue.updateLink(link(0));
    queue.push(message(0, { key: true, bytes: 2 * 1024 * 1024 }), ms(0));
    expect(queue.queuedBytes).toBe(4 * 1024 * 1024);
  });
});

describe('flows', () => {
  test('only the newest cursor waits', () => {
    const queue = openQueue();
    for (const seq of [0, 1, 2]) queue.push(message(seq, { flow: CURSOR, budget: 0 }), ms(0));
    expect(sequences(drain(queue, ms(0)))).toEqual([2]);
  });

  test('closing abandons what waits', () => {
    const queue = openQueue();
    queue.push(message(0, { flow: BULK, budget: 0 }), ms(0));
    queue.closeFlow(BULK);
    expect(queue.takeAbandoned()).toEqual([
      { flow: BULK, first: 0, count: 1, reason: 4, started: [] },
    ]);
    expect(() => queue.push(message(1, { flow: BULK }), ms(0))).toThrow(RangeError);
  });

  test('a sequence must grow', () => {
    const queue = openQueue();
    queue.push(message(3, { flow: BULK }), ms(0));
    expect(() => queue.push(message(3, { flow: BULK }), ms(0))).toThrow(/more than 3, is 3/);
  });
});
