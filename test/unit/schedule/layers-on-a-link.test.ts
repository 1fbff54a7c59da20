import { describe, expect, test } from 'vitest';
import { Priority } from '../../../protocol/flow.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { link, message, ms, VIDEO } from './messages.ts';
import { percentile } from './simulated-link.ts';

const FRAME_RATE = 60;
const BUDGET_MS = 150;

/** What a keyframe weighs against another picture. */
const KEY_WEIGHT = 3;

/** A viewer that does not drive the encoder gets the keyframes that it asks for at most so often (keyframe-requests.ts). */
const KEY_INTERVAL_MS = 2_000;

interface Result {
  readonly shownPerSecond: number;
  readonly latencyP95Ms: number;
  readonly longestFreezeMs: number;
  readonly keyframesWanted: number;
}

/**
 * A viewer whose link carries less than the encoder makes for somebody else: 60 pictures a second of one size, in a chain or with every
 * second one in an upper layer.
 */
function watch(
  encoderBps: number,
  linkBps: number,
  { hasLayers, seconds = 20 }: { hasLayers: boolean; seconds?: number },
): Result {
  const queue = new DeadlineQueue();
  queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
  queue.updateLink(link(linkBps, 40));
  const pictureBytes = Math.round(encoderBps / 8 / FRAME_RATE);
  const decoded = new Set<number>();
  const shownAt: number[] = [];
  const latencies: number[] = [];
  let [credit, seq, keyframesWanted, lastKeyMs] = [0, 0, 0, -Infinity];
  let isKeyWanted = true;
  let lastReference = -1;
  for (let at = 0; at < seconds * 1000; at++) {
    const now = ms(at);
    if (at >= (seq * 1000) / FRAME_RATE) {
      const key = isKeyWanted && at - lastKeyMs >= KEY_INTERVAL_MS;
      const upper = hasLayers && seq % 2 === 1 && !key;
      queue.push(
        message(seq, {
          key,
          bytes: key ? KEY_WEIGHT * pictureBytes : pictureBytes,
          capture: now,
          budget: BUDGET_MS,
          discardable: upper,
          dependency: seq - lastReference,
        }),
        now,
      );
      if (key) {
        isKeyWanted = false;
        lastKeyMs = at;
      }
      if (!upper) lastReference = seq;
      seq += 1;
    }
    credit = Math.min(credit + linkBps / 8_000, 1_200);
    while (credit >= 0) {
      const piece = queue.next(now, { maxBytes: 1_200, urgentOnly: false });
      if (piece === undefined) break;
      credit -= piece.bytes.byteLength;
      const { header } = piece.message;
      if (!piece.last || !(header.key || decoded.has(header.seq - header.dependency))) continue;
      decoded.add(header.seq);
      shownAt.push(at);
      latencies.push(at - header.captureTime / 1000);
    }
    queue.takeAbandoned();
    if (queue.takeKeyframeWanted()) {
      keyframesWanted += 1;
      isKeyWanted = true;
    }
  }
  const gaps = shownAt.slice(1).map((moment, index) => moment - (shownAt[index] ?? 0));
  return {
    shownPerSecond: shownAt.length / seconds,
    latencyP95Ms: percentile(latencies, 0.95),
    longestFreezeMs: Math.max(...gaps),
    keyframesWanted,
  };
}

describe('a second viewer on a link that carries less than 8 Mbit/s', () => {
  test.each([6e6, 4.6e6])(
    'of %d bit/s: with two layers it sees the base pictures, soon, and asks for no keyframe',
    (linkBps) => {
      const layered = watch(8e6, linkBps, { hasLayers: true });
      const chained = watch(8e6, linkBps, { hasLayers: false });
      expect(layered.keyframesWanted).toBe(0);
      expect(layered.shownPerSecond).toBeGreaterThan(29);
      expect(layered.latencyP95Ms).toBeLessThan(70);
      expect(layered.longestFreezeMs).toBeLessThan(50);
      expect(layered.shownPerSecond).toBeGreaterThan(5 * chained.shownPerSecond);
      expect(chained.longestFreezeMs).toBeGreaterThan(1000);
    },
  );

  test('less than the base layer is as if there were none', () => {
    const layered = watch(8e6, 2e6, { hasLayers: true });
    expect(layered.keyframesWanted).toBeGreaterThan(0);
    expect(layered.shownPerSecond).toBeGreaterThan(0);
  });
});
