import { expect, it } from 'vitest';
import type { ReportEntry, ReportValues } from '../../../protocol/control/report.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros32 } from '../../../protocol/time.ts';
import { ClientReport } from '../../../server/session/client-report.ts';

const stamp = micros32(0);

const report = (statuses: readonly ReportEntry['status'][], values: ReportValues = {}) => ({
  type: 'report' as const,
  now: stamp,
  entries: statuses.map((status, at) => ({
    ...{ flow: flowId(4), seq: sequence(at), status, bytes: 9 },
    ...{ echo: stamp, first: stamp, last: stamp },
  })),
  values,
});

it('counts what was not used, by reason', () => {
  const client = new ClientReport();
  const statuses = ['complete', 'reset', 'undecodable', 'undecodable', 'expired'] as const;
  expect([...client.take(report(statuses))]).toEqual([
    ['reset', 1],
    ['undecodable', 2],
    ['expired', 1],
  ]);
});

it('counts the growth of what is reported as a sum', () => {
  const client = new ClientReport();
  const counts = [
    { lateFrames: 3, underruns: 1 },
    {},
    { lateFrames: 5, underruns: 1 },
    { lateFrames: 1 },
    { lateFrames: 2 },
  ].map((values) => [...client.take(report([], values))]);
  expect(counts).toEqual([
    [
      ['notShown', 3],
      ['soundUnderrun', 1],
    ],
    [],
    [['notShown', 2]],
    [],
    [['notShown', 1]],
  ]);
});

it('believes no client more than a thousand at a time', () => {
  const values = { lateFrames: Number.MAX_SAFE_INTEGER };
  expect([...new ClientReport().take(report([], values))]).toEqual([['notShown', 1_000]]);
});
