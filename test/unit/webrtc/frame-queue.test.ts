import { describe, expect, it } from 'vitest';
import {
  FrameQueue,
  MAX_LOSSLESS_BYTES,
  MAX_MEDIA_BYTES,
} from '../../../server/webrtc/frame-queue.ts';

const EVERYTHING = Number.POSITIVE_INFINITY;

/** A frame of 10 KB whose first byte says which one it is. */
const frame = (name: number): Buffer => Buffer.alloc(10_000, name);

const namesOf = (frames: readonly Buffer[]): readonly (number | undefined)[] =>
  frames.map(([name]) => name);

describe('frames that wait', () => {
  it('go in their order, those that must not be lost before media', () => {
    const queue = new FrameQueue();
    queue.push(1, frame(1), 'newest');
    queue.push(2, frame(2), 'lossless');
    queue.push(1, frame(3), 'newest');
    queue.push(1, frame(4), 'final');
    expect(namesOf(queue.take(25_000))).toEqual([2, 4, 1]);
    expect(queue.isEmpty).toBe(false);
    expect(namesOf(queue.take(EVERYTHING))).toEqual([3]);
    expect(queue.isEmpty).toBe(true);
  });

  it('of media are the newest ones, as many as there is room for', () => {
    const queue = new FrameQueue();
    const pushed = Array.from({ length: 240 }, (_, name) => name);
    for (const name of pushed) expect(queue.push(1, frame(name), 'newest')).toBe(true);
    const left = namesOf(queue.take(EVERYTHING));
    expect(left).toEqual(pushed.slice(-left.length));
    expect(left.length).toBe(Math.floor(MAX_MEDIA_BYTES / 10_064));
  });

  it('and must not be lost have a bound for each peer, but for its end', () => {
    const queue = new FrameQueue();
    let kept = 0;
    while (queue.push(1, frame(1), 'lossless')) kept += 1;
    expect(kept).toBe(Math.floor(MAX_LOSSLESS_BYTES / 10_064));
    expect(queue.push(2, frame(2), 'lossless')).toBe(true);
    expect(queue.push(1, frame(3), 'final')).toBe(true);
    expect(queue.take(EVERYTHING)).toHaveLength(kept + 2);
    expect(queue.push(1, frame(4), 'lossless')).toBe(true);
  });
});
