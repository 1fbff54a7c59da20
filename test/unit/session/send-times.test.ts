import { expect, test } from 'vitest';
import { micros } from '../../../protocol/time.ts';
import { SendTimes } from '../../../server/session/send-times.ts';

test('a message is clocked from its queue to its first and to its last byte, dropped ones are not', () => {
  const sent: (readonly [number, number])[] = [];
  const times = new SendTimes((...both) => sent.push(both));
  times.queued(0, micros(100));
  times.queued(1, micros(200));
  times.queued(2, micros(300));
  times.wrote(0, { offset: 0, last: false }, micros(150));
  times.wrote(0, { offset: 9, last: true }, micros(170));
  // 1 was dropped in the queue; 2 fits into one piece.
  times.wrote(2, { offset: 0, last: true }, micros(400));
  // One that was begun before its time was noted, and one that was given up half sent.
  times.wrote(9, { offset: 0, last: true }, micros(500));
  times.queued(10, micros(600));
  times.queued(11, micros(610));
  times.wrote(10, { offset: 0, last: false }, micros(620));
  times.wrote(11, { offset: 0, last: true }, micros(630));
  expect(sent).toEqual([
    [50, 20],
    [100, 0],
    [20, 0],
  ]);
});
