import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sequence } from '../../../protocol/flow.ts';
import { micros } from '../../../protocol/time.ts';
import { SenderBacklog } from '../../../server/schedule/sender-backlog.ts';
import { AUDIO, ms, VIDEO } from './messages.ts';

const NONE = micros(0);

it('is as old as the oldest message in the queue', () => {
  const backlog = new SenderBacklog();
  expect(backlog.takeWorst(NONE, ms(5))).toBe(0);
  backlog.queued(VIDEO, sequence(0), ms(10));
  backlog.queued(VIDEO, sequence(1), ms(20));
  expect(backlog.takeWorst(NONE, ms(30))).toBe(20_000);
});

it('holds a message until its last byte has left', () => {
  const backlog = new SenderBacklog();
  backlog.queued(VIDEO, sequence(0), ms(0));
  backlog.taken(VIDEO, sequence(0), false);
  backlog.handed(1_000);
  backlog.taken(VIDEO, sequence(0), true);
  backlog.handed(500);
  backlog.left(1_000, NONE, ms(10));
  expect(backlog.takeWorst(NONE, ms(20))).toBe(20_000);
  backlog.left(1_500, NONE, ms(30));
  expect(backlog.takeWorst(NONE, ms(40))).toBe(30_000);
  expect(backlog.takeWorst(NONE, ms(50))).toBe(0);
});

it('takes the round trip of an acknowledgement off what is on the wire, not off what waits', () => {
  const backlog = new SenderBacklog();
  backlog.queued(VIDEO, sequence(0), ms(0));
  backlog.queued(VIDEO, sequence(1), ms(30));
  backlog.taken(VIDEO, sequence(0), true);
  backlog.handed(1_000);
  expect(backlog.takeWorst(ms(40), ms(50))).toBe(20_000);
  expect(backlog.takeWorst(ms(40), ms(100))).toBe(70_000);
});

it('forgets what was given up, of that flow only', () => {
  const backlog = new SenderBacklog();
  backlog.queued(AUDIO, sequence(1), ms(10));
  backlog.queued(VIDEO, sequence(1), ms(0));
  backlog.queued(VIDEO, sequence(2), ms(0));
  backlog.abandoned(VIDEO, sequence(1), 2);
  expect(backlog.takeWorst(NONE, ms(30))).toBe(20_000);
});

it('holds nothing once all that was handed has left, in whatever pieces', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(sizes, (pieces) => {
      const backlog = new SenderBacklog();
      pieces.forEach((count, seq) => {
        backlog.queued(VIDEO, sequence(seq), ms(seq));
        for (let piece = 1; piece <= count; piece += 1) {
          backlog.taken(VIDEO, sequence(seq), piece === count);
          backlog.handed(100);
        }
      });
      const all = 100 * pieces.reduce((sum, count) => sum + count, 0);
      backlog.left(all - 1, NONE, ms(50));
      backlog.takeWorst(NONE, ms(50));
      expect(backlog.takeWorst(NONE, ms(60))).toBe(61_000 - 1_000 * pieces.length);
      backlog.left(all, NONE, ms(70));
      backlog.takeWorst(NONE, ms(70));
      expect(backlog.takeWorst(NONE, ms(99))).toBe(0);
    }),
  );
});
