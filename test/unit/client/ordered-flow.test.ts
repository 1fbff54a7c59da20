import { describe, expect, it } from 'vitest';
import { OrderedFlow, type OrderedOutput } from '../../../client/receive/ordered-flow.ts';
import { received } from './messages.ts';

const RTT = 20_000;
const SECOND = 1_000_000;

const summary = (outputs: readonly OrderedOutput[]): (number | string)[] =>
  outputs.flatMap((output) => {
    if (output.type === 'unused') return [];
    return output.type === 'deliver'
      ? Number(output.received.message.header.seq)
      : `key after ${output.lastDecoded ?? 'nothing'}`;
  });

/** What was thrown away, and why. */
const unused = (outputs: readonly OrderedOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.type === 'unused' ? `${output.received.message.header.seq} ${output.why}` : [],
  );

function flowing(inOrder: boolean): OrderedFlow {
  const flow = new OrderedFlow({ inOrder });
  flow.push(received(0, { key: true }), 0, RTT);
  return flow;
}

describe('ordered flow', () => {
  it('waits for a first keyframe and asks for it', () => {
    const flow = new OrderedFlow({ inOrder: false });
    expect(summary(flow.push(received(3), 0, RTT))).toEqual(['key after nothing']);
    expect(summary(flow.push(received(4, { key: true }), 1000, RTT))).toEqual([4]);
    expect(flow.needsKey).toBe(false);
  });

  it('puts messages that overtook each other back into order', () => {
    const flow = flowing(false);
    expect(summary(flow.push(received(2), 1000, RTT))).toEqual([]);
    expect(summary(flow.push(received(3), 1100, RTT))).toEqual([]);
    expect(summary(flow.push(received(1), 1200, RTT))).toEqual([1, 2, 3]);
  });

  it('delivers a message whose dependency is further back without waiting for those between', () => {
    const flow = flowing(false);
    expect(summary(flow.push(received(2, { dependency: 2 }), 1000, RTT))).toEqual([2]);
    expect(summary(flow.push(received(1), 1100, RTT))).toEqual([]);
    expect(flow.counters.stale).toBe(1);
  });

  it('drops what comes twice', () => {
    const flow = flowing(false);
    flow.push(received(1), 1000, RTT);
    expect(flow.push(received(1), 1100, RTT)).toEqual([]);
    expect(flow.push(received(0, { key: true }), 1100, RTT)).toEqual([]);
    flow.push(received(3), 1200, RTT);
    expect(flow.push(received(3), 1200, RTT)).toEqual([]);
    expect(flow.counters.stale).toBe(3);
  });

  it('lets a keyframe overtake everything that waits', () => {
    const flow = flowing(false);
    flow.push(received(2), 1000, RTT);
    flow.push(received(6), 1000, RTT);
    expect(summary(flow.push(received(5, { key: true }), 1100, RTT))).toEqual([5, 6]);
    expect(flow.counters.discarded).toBe(1);
  });

  it('declares a hole missing at once where the transport keeps order', () => {
    const flow = flowing(true);
    expect(summary(flow.push(received(2), 1000, RTT))).toEqual(['key after 0']);
    expect(summary(flow.push(received(3), 2000, RTT))).toEqual([]);
    expect(flow.counters).toMatchObject({ gaps: 1, discarded: 2 });
    expect(summary(flow.push(received(4, { key: true }), 3000, RTT))).toEqual([4]);
  });

  it('gives a hole time to fill where streams overtake each other, and then asks for a keyframe', () => {
    const flow = flowing(false);
    flow.push(received(2), 1000, RTT);
    expect(flow.tick(100_000, RTT)).toEqual([]);
    expect(summary(flow.tick(160_000, RTT))).toEqual(['key after 0']);
  });

  it('waits for a hole as long as the mode gives pictures', () => {
    const flow = new OrderedFlow({ inOrder: false });
    flow.budget = 400_000;
    flow.push(received(0, { key: true }), 0, RTT);
    flow.push(received(2), 1000, RTT);
    expect(flow.tick(390_000, RTT)).toEqual([]);
    expect(summary(flow.tick(402_000, RTT))).toEqual(['key after 0']);
  });

  it('counts the patience of each hole on its own', () => {
    const flow = flowing(false);
    flow.push(received(2), 0, RTT);
    flow.push(received(4), 90_000, RTT);
    expect(summary(flow.push(received(1), 100_000, RTT))).toEqual([1, 2]);
    expect(flow.tick(150_000, RTT)).toEqual([]);
    expect(summary(flow.push(received(3), 160_000, RTT))).toEqual([3, 4]);
  });

  it('discards what depends on an abandoned message and expects the keyframe that the server promised', () => {
    const flow = flowing(false);
    flow.push(received(3), 1000, RTT);
    expect(summary(flow.abandon({ first: 1, count: 2, reason: 1 }, 2000, RTT))).toEqual([]);
    expect(flow.needsKey).toBe(true);
    expect(flow.counters).toMatchObject({
      abandoned: 2,
      abandonedBy: { deadline: 2, superseded: 0, other: 0 },
      discarded: 1,
      keyRequests: 0,
    });
    expect(summary(flow.tick(SECOND, RTT))).toEqual(['key after 0']);
    expect(summary(flow.push(received(4, { key: true }), SECOND, RTT))).toEqual([4]);
  });

  it('asks at once when messages were abandoned for lack of resources', () => {
    const flow = flowing(false);
    flow.abandon({ first: 1, count: 1, reason: 5 }, 1000, RTT);
    expect(summary(flow.push(received(2), 2000, RTT))).toEqual(['key after 0']);
  });

  it('is not disturbed by abandoned messages that nothing needs', () => {
    const flow = flowing(false);
    expect(flow.abandon({ first: 1, count: 1, reason: 1 }, 1000, RTT)).toEqual([]);
    expect(summary(flow.push(received(2, { dependency: 2 }), 2000, RTT))).toEqual([2]);
    expect(flow.abandon({ first: 0, count: 3, reason: 1 }, 3000, RTT)).toEqual([]);
  });

  it('asks for a keyframe at most every 250 ms, or every RTT when that is longer', () => {
    const flow = flowing(true);
    expect(summary(flow.loseDecoder(0, RTT))).toEqual(['key after 0']);
    expect(flow.tick(249_000, RTT)).toEqual([]);
    expect(summary(flow.tick(250_000, RTT))).toEqual(['key after 0']);
    expect(summary(flow.tick(500_000, 400_000))).toEqual(['key after 0']);
    expect(flow.tick(899_000, 400_000)).toEqual([]);
    expect(summary(flow.tick(900_000, 400_000))).toEqual(['key after 0']);
  });

  it('holds a bounded number of messages', () => {
    const flow = flowing(false);
    let asked: readonly OrderedOutput[] = [];
    for (let seq = 2; asked.length === 0; seq += 1) asked = flow.push(received(seq), 0, RTT);
    expect(flow.counters.discarded).toBe(65);
  });

  it('says of each message that came whole and is of no use why', () => {
    const flow = flowing(false);
    flow.push(received(2), 0, RTT);
    flow.push(received(3), 0, RTT);
    expect(unused(flow.push(received(4, { key: true }), 0, RTT))).toEqual([
      '2 expired',
      '3 expired',
    ]);
    expect(unused(flow.push(received(1), 0, RTT))).toEqual(['1 expired']);
    expect(unused(flow.push(received(4, { key: true }), 0, RTT))).toEqual([]);
    flow.push(received(6), 0, RTT);
    flow.push(received(7), 0, RTT);
    expect(unused(flow.abandon({ first: 5, count: 2, reason: 1 }, 0, RTT))).toEqual([
      '6 expired',
      '7 undecodable',
    ]);
    expect(unused(flow.push(received(8), 0, RTT))).toEqual(['8 undecodable']);
    expect(flow.has(4)).toBe(true);
    expect(flow.has(8)).toBe(false);
  });
});
