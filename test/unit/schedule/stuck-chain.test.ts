import { describe, expect, test } from 'vitest';
import { Priority } from '../../../protocol/flow.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { drain, link, message, ms, sequences, VIDEO } from './messages.ts';

const piece = { maxBytes: 1_000, urgentOnly: false };
const REPORTED = { ...link(8e6), isAcknowledged: false };

/** A sent keyframe of 40 KB at 8 Mbit/s, and pictures of `bytes` behind it that wait since 0 ms. */
const waiting = (bytes: number, path = REPORTED): DeadlineQueue => {
  const queue = new DeadlineQueue();
  queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
  queue.updateLink(path);
  queue.setEncoderRate(8e6);
  queue.push(message(0, { key: true, bytes: 40_000 }), ms(0));
  drain(queue, ms(0));
  queue.takeKeyframeWanted();
  queue.push(message(1, { bytes: bytes / 2, budget: 1_000 }), ms(0));
  queue.push(message(2, { bytes: bytes / 2, budget: 1_000 }), ms(0));
  return queue;
};

describe('pictures that wait for the path', () => {
  test('go after 80 ms when a keyframe is made for less, at the rate that the encoder has by now', () => {
    const queue = waiting(20_000);
    queue.setEncoderRate(2e6);
    expect(queue.next(ms(80), piece)?.message.header.seq).toBe(1);
    expect(queue.next(ms(81), piece)).toBeUndefined();
    expect(queue.drops.chainLate).toBe(2);
    expect(queue.takeKeyframeWanted()).toBe(true);
  });

  test('are sent when a keyframe would cost more', () => {
    expect(sequences(drain(waiting(20_000), ms(100)))).toEqual([1, 2]);
  });

  test('are kept when they wait for a client that is busy, and the path is empty', () => {
    const queue = waiting(60_000, link(8e6));
    expect(queue.next(ms(100), piece)?.message.header.seq).toBe(1);
    const long = waiting(60_000, { ...link(8e6), standing: ms(60) });
    expect(long.next(ms(100), piece)).toBeUndefined();
  });
});

test('one that has been missing for a second is asked for whatever seems to stand on the path', () => {
  const queue = waiting(60_000);
  queue.updateLink({ ...REPORTED, standing: ms(200) });
  for (const at of [300, 800, 1_300]) queue.next(ms(at), piece);
  expect(queue.takeKeyframeWanted()).toBe(false);
  queue.next(ms(1_301), piece);
  expect(queue.takeKeyframeWanted()).toBe(true);
});

test('no keyframe is asked for while it would stand on the path for longer than it takes to be made', () => {
  const queue = waiting(60_000);
  queue.updateLink({ ...REPORTED, standing: ms(200) });
  expect(queue.next(ms(300), piece)).toBeUndefined();
  expect(queue.takeKeyframeWanted()).toBe(false);
  queue.updateLink({ ...REPORTED, standing: ms(50) });
  queue.next(ms(450), piece);
  expect(queue.takeKeyframeWanted()).toBe(true);
});
