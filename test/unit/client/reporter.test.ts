import { describe, expect, it } from 'vitest';
import { Reporter } from '../../../client/receive/reporter.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros32 } from '../../../protocol/time.ts';

describe('reporter', () => {
  it('hands out at most 64 entries at a time and keeps the newest when held up', () => {
    const reporter = new Reporter();
    for (let bytes = 0; bytes < 300; bytes += 1) reporter.add(entry(bytes));
    const first = reporter.take().entries;
    expect(first).toHaveLength(64);
    expect(first[0]?.bytes).toBe(44);
  });

  it('tells a message that came twice once', () => {
    const reporter = new Reporter();
    for (const seq of [1, 2, 1, 3, 2, 3]) reporter.add(entry(seq));
    expect(reporter.take().entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    reporter.add(entry(3));
    expect(reporter.take().entries).toEqual([]);
  });

  it('tells another fate of a message that was told, once and without its bytes', () => {
    const reporter = new Reporter();
    const message = { flow: flowId(2), seq: sequence(7) };
    reporter.add(entry(7));
    reporter.addFate({ ...message, status: 'undecodable' }, micros32(9));
    reporter.addFate({ ...message, status: 'undecodable' }, micros32(9));
    const told = reporter.take().entries.map(({ seq, status, bytes }) => ({ seq, status, bytes }));
    expect(told).toEqual([
      { seq: 7, status: 'complete', bytes: 7 },
      { seq: 7, status: 'undecodable', bytes: 0 },
    ]);
  });

  const entry = (bytes: number): Parameters<Reporter['add']>[0] => {
    const [echo, first, last] = [micros32(0), micros32(0), micros32(0)];
    return { flow: flowId(2), seq: sequence(bytes), status: 'complete', bytes, echo, first, last };
  };
});
