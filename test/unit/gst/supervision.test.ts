import { describe, expect, test } from 'vitest';
import { encodeLine, JsonLines, parseChildMessage } from '../../../gst/control-message.ts';
import { RestartPolicy } from '../../../gst/restart-policy.ts';
import { StderrTail } from '../../../gst/stderr-tail.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('restart policy', () => {
  const delays = (count: number, run: { ranMs: number; delivered: boolean }) => {
    const policy = new RestartPolicy();
    return Array.from({ length: count }, () => policy.delayAfter(run));
  };

  test('a child that worked for a second is replaced at once, every time', () => {
    expect(delays(20, { ranMs: 1000, delivered: true })).toEqual(new Array<number>(20).fill(0));
  });

  test('one that never delivered waits longer each time, up to 5 s', () => {
    expect(delays(9, { ranMs: 60_000, delivered: false })).toEqual([
      0, 100, 200, 400, 800, 1600, 3200, 5000, 5000,
    ]);
  });

  test('one that is killed as soon as it delivers is replaced at once, but not without end', () => {
    const waits = delays(17, { ranMs: 200, delivered: true });
    expect(waits).toEqual([...new Array<number>(15).fill(0), 250, 250]);
  });

  test('health clears the record', () => {
    const policy = new RestartPolicy();
    for (let i = 0; i < 9; i++) policy.delayAfter({ ranMs: 10, delivered: false });
    expect(policy.delayAfter({ ranMs: 5000, delivered: true })).toBe(0);
    expect(policy.delayAfter({ ranMs: 10, delivered: false })).toBe(100);
  });
});

describe('message lines', () => {
  const stream = text('{"type":"playing"}\n\nnoise\n{"type":"failed","reason":"ü"}\n{"half":');
  const values = [{ type: 'playing' }, { type: 'failed', reason: 'ü' }];

  test('come out the same wherever the bytes are split in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      const lines = new JsonLines();
      const out = [...lines.push(stream.slice(0, at)), ...lines.push(stream.slice(at))];
      expect(out, `split at ${at}`).toEqual(values);
    }
  });

  test('a line without end is skipped, and the next one read', () => {
    const lines = new JsonLines();
    const flood = new Uint8Array(40_000).fill(0x22);
    for (let i = 0; i < 10; i++) expect(lines.push(flood)).toEqual([]);
    expect(lines.push(text('\n{"a":1}\n'))).toEqual([{ a: 1 }]);
  });

  test('a chunk may be reused by its owner', () => {
    const lines = new JsonLines();
    const chunk = text('{"a":');
    lines.push(chunk);
    chunk.fill(0x20);
    expect(lines.push(text('1}\n'))).toEqual([{ a: 1 }]);
  });

  test('only the messages of a child are taken', () => {
    expect(parseChildMessage({ type: 'failed', reason: 'x', more: 1 })).toEqual({
      type: 'failed',
      reason: 'x',
    });
    for (const value of [null, 1, 'playing', [], {}, { type: 'failed' }, { type: 'other' }]) {
      expect(parseChildMessage(value)).toBeUndefined();
    }
  });

  test('a message is one line', () => {
    expect(encodeLine({ type: 'failed', reason: 'a\nb' })).toBe(
      '{"type":"failed","reason":"a\\nb"}\n',
    );
  });
});

describe('last printed lines', () => {
  test('keeps the last five, joined', () => {
    const tail = new StderrTail();
    tail.push(text('1\n2\n3\n4\n5\n6\nhalf'));
    expect(tail.toString()).toBe('2 | 3 | 4 | 5 | 6 | half');
  });

  test('joins a line from two chunks', () => {
    const tail = new StderrTail();
    tail.push(text('abc'));
    tail.push(text('def\n'));
    expect(tail.toString()).toBe('abcdef');
  });

  test('stays small in a flood, with and without line ends', () => {
    const tail = new StderrTail();
    for (let i = 0; i < 100; i++) tail.push(new Uint8Array(65_536).fill(i % 2 === 0 ? 0x41 : 0x0a));
    expect(tail.toString().length).toBeLessThan(2000);
  });
});
