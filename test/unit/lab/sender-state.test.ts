import { expect, it } from 'vitest';
import { senderRecords } from '../../lab/sender-state.ts';

const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');

interface Given {
  readonly connection?: string;
  readonly backlogMs?: readonly number[];
  readonly expired?: number;
}

/** A line of the gateway's log, `second` seconds after the measurement began. */
const line = (second: number, { connection = 'one', backlogMs = [], expired = 0 }: Given) =>
  JSON.stringify({
    level: 'debug',
    time: new Date(BEGIN + second * 1_000).toISOString(),
    connection,
    backlogMs,
    targetBps: 1_000,
    dropped: { expired, closed: 0 },
    message: 'sender state',
  });

const span = { beginMs: BEGIN, endMs: BEGIN + 2_000 };

it('places each look at its time and leaves out what was before and after', () => {
  const log = [
    'no JSON',
    '{"message":"viewer joined"}',
    line(0, { backlogMs: [9, 1] }),
    line(1, { backlogMs: [2, 3] }),
    line(3, { backlogMs: [4] }),
  ];
  const [record] = senderRecords(log, 1, span);
  expect(record?.backlog).toEqual([
    [0, 1],
    [950, 2],
    [1_000, 3],
  ]);
  expect(record?.target).toEqual([
    [0, 1_000],
    [1_000, 1_000],
  ]);
});

it('counts the drops of the measurement, over a move to another connection', () => {
  const log = [
    line(-1, { expired: 5 }),
    line(0, { expired: 7 }),
    line(1, { expired: 8 }),
    line(1.5, { connection: 'two', expired: 3 }),
    line(2.5, { connection: 'two', expired: 30 }),
  ];
  expect(senderRecords(log, 1, span)[0]?.dropped).toEqual({ expired: 4 });
});

it('tells viewers apart by the order in which they came', () => {
  const log = [
    line(-1, { connection: 'first' }),
    line(1, { connection: 'second', backlogMs: [2] }),
    line(1.1, { connection: 'first', backlogMs: [1] }),
  ];
  const records = senderRecords(log, 3, span);
  expect(records.map(({ backlog }) => backlog.map(([, age]) => age))).toEqual([[1], [2], []]);
});
