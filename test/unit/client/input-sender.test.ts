import { describe, expect, it } from 'vitest';
import { InputSender, type InputBatch } from '../../../client/transport/input-sender.ts';
import { inputEventBytes, type InputEvent } from '../../../protocol/input.ts';

const move = (x: number): InputEvent => ({ type: 'pointerAbsolute', x, y: 0 });
const moves = (count: number): InputEvent[] => Array.from({ length: count }, (_, x) => move(x));
const lossy = (): InputSender => new InputSender({ isLossy: true, sizeOf: inputEventBytes });
const ranges = (batches: readonly InputBatch[]): string[] =>
  batches.map(({ first, events }) => `${first}+${events.length}`);

describe('input over datagrams', () => {
  it('sends new events at once, with all that are unacknowledged before them', () => {
    const sender = lossy();
    sender.push(moves(2), 0);
    expect(ranges(sender.due(0).unreliable)).toEqual(['0+2']);
    sender.push(moves(1), 5000);
    expect(ranges(sender.due(5000).unreliable)).toEqual(['0+3']);
    sender.acknowledge(2);
    sender.push(moves(1), 6000);
    expect(ranges(sender.due(6000).unreliable)).toEqual(['2+2']);
  });

  it('repeats every 20 ms until acknowledged', () => {
    const sender = lossy();
    sender.push(moves(1), 0);
    sender.due(0);
    expect(sender.nextDueAt).toBe(20_000);
    expect(sender.due(19_000).unreliable).toEqual([]);
    expect(ranges(sender.due(20_000).unreliable)).toEqual(['0+1']);
    expect(sender.nextDueAt).toBe(40_000);
    sender.acknowledge(1);
    expect(sender.nextDueAt).toBeUndefined();
    expect(sender.due(40_000)).toEqual({ unreliable: [], reliable: [] });
  });

  it('sends on the control stream, once, what is unacknowledged for more than 200 ms', () => {
    const sender = lossy();
    sender.push(moves(3), 0);
    sender.due(0);
    expect(sender.due(200_000).reliable).toEqual([]);
    sender.push(moves(1), 210_000);
    expect(ranges(sender.due(220_000).reliable)).toEqual(['0+3']);
    expect(sender.due(240_000).reliable).toEqual([]);
    expect(ranges(sender.due(420_000).reliable)).toEqual(['3+1']);
  });

  it('keeps units within 64 events and 1,000 bytes', () => {
    const sender = lossy();
    sender.push(moves(100), 0);
    expect(ranges(sender.due(0).unreliable)).toEqual(['0+64', '64+36']);
    const wordy = lossy();
    wordy.push(
      Array.from({ length: 5 }, () => ({ type: 'text', text: 'x'.repeat(400) })),
      0,
    );
    expect(ranges(wordy.due(0).unreliable)).toEqual(['0+2', '2+2', '4+1']);
  });

  it('is bounded when nothing is acknowledged', () => {
    const sender = lossy();
    sender.push(moves(3000), 0);
    expect(sender.unacknowledged).toBe(2000);
    expect(sender.dropped).toBe(1000);
    expect(sender.due(0).unreliable).toHaveLength(4);
  });
});

describe('input over a reliable transport', () => {
  it('sends each event once', () => {
    const sender = new InputSender({ isLossy: false, sizeOf: inputEventBytes });
    sender.push(moves(2), 0);
    expect(ranges(sender.due(0).reliable)).toEqual(['0+2']);
    expect(sender.nextDueAt).toBeUndefined();
    sender.push(moves(1), 500_000);
    expect(ranges(sender.due(500_000).reliable)).toEqual(['2+1']);
    sender.acknowledge(3);
    expect(sender.unacknowledged).toBe(0);
  });
});

describe('input of a session that moves', () => {
  it('goes on with the numbers and the unacknowledged events of the connection before', () => {
    const before = lossy();
    before.push(moves(5), 0);
    before.due(0);
    before.acknowledge(3);
    expect(before.remainder).toEqual({ first: 3, events: [move(3), move(4)] });
    const options = { isLossy: false, sizeOf: inputEventBytes, continues: before.remainder };
    const after = new InputSender(options);
    after.push([move(9)], 1_000);
    expect(after.due(1_000).reliable).toEqual([{ first: 3, events: [move(3), move(4), move(9)] }]);
    after.acknowledge(6);
    expect(after.remainder).toEqual({ first: 6, events: [] });
  });

  it('sends what was left over on both ways at once where datagrams may be lost', () => {
    const continues = { first: 7, events: moves(2) };
    const sender = new InputSender({ isLossy: true, sizeOf: inputEventBytes, continues });
    const due = sender.due(50_000);
    expect([ranges(due.unreliable), ranges(due.reliable)]).toEqual([['7+2'], ['7+2']]);
  });
});
