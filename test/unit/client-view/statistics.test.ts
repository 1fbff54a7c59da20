import { describe, expect, test } from 'vitest';
import type { PlayerStats } from '../../../client/player.ts';
import {
  latencyPaths,
  latencyScale,
  ratePaths,
  rateScale,
} from '../../../client/view/statistics/chart-geometry.ts';
import { bitrate, factGroups, milliseconds } from '../../../client/view/statistics/facts.ts';
import { History } from '../../../client/view/statistics/history.ts';
import { barParts, stageShares } from '../../../client/view/statistics/stages.ts';
import type { LatencyBreakdown, StageLatency } from '../../../client/stats/player-stats.ts';

const point = (at: number, p50Ms: number, p95Ms = p50Ms) => ({ at, p50Ms, p95Ms });

/** One frame; its stages in the order in which it passes them, in milliseconds. */
function breakdown(...stages: readonly [number, number, number, number, number, number]) {
  const stage = (p50Ms: number) => ({ p50Ms, p95Ms: p50Ms * 2 });
  const [encodeMs, queueMs, networkMs, reassemblyMs, decodeMs, presentMs] = stages;
  const totalMs = stages.reduce((sum, ms) => sum + ms, 0);
  return {
    samples: 1,
    encode: stage(encodeMs),
    queue: stage(queueMs),
    network: stage(networkMs),
    reassembly: stage(reassemblyMs),
    decode: stage(decodeMs),
    present: stage(presentMs),
    total: stage(totalMs),
    typical: { encodeMs, queueMs, networkMs, reassemblyMs, decodeMs, presentMs, totalMs },
  } satisfies LatencyBreakdown;
}

describe('the history', () => {
  test('keeps a minute, and no more points than its bound', () => {
    const history = new History<StageLatency>();
    for (let at = 0; at <= 90_000; at += 500) history.add({ p50Ms: at, p95Ms: at }, at);
    expect(history.points[0]?.at).toBe(30_000);
    expect(history.points).toHaveLength(121);
    for (let at = 90_000; at < 91_000; at += 1) history.add({ p50Ms: 1, p95Ms: 1 }, at);
    expect(history.points).toHaveLength(240);
    expect(history.points.at(-1)?.at).toBe(90_999);
  });
});

describe('the chart', () => {
  test('runs from the left, a minute ago, to the right, now, and from the bottom up', () => {
    const { line, spread } = latencyPaths([point(0, 0, 0), point(1_000, 10, 20)], 20);
    expect(line).toBe('M295.0 64.0L300.0 32.0');
    expect(spread).toBe('M295.0 64.0L300.0 32.0L300.0 0.0L295.0 64.0Z');
  });

  test('breaks the line where nothing was measured', () => {
    const { line } = latencyPaths([point(0, 20), point(500, 20), point(30_500, 20)], 20);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(latencyPaths([], 20)).toEqual({ line: '', spread: '' });
  });

  test('has a scale that one bad moment does not press to the floor', () => {
    const quiet = Array.from({ length: 19 }, (_, at) => point(at * 500, 40, 60));
    expect(latencyScale([...quiet, point(9_500, 45, 1_800)])).toBe(100);
    expect(latencyScale([...quiet, point(9_500, 450, 1_800)])).toBe(500);
  });

  test('has a scale that holds the highest median, and cuts what is beyond all scales', () => {
    expect(latencyScale([])).toBe(20);
    expect(latencyScale([point(0, 5, 20.1), point(1, 7)])).toBe(30);
    expect(latencyScale([point(0, 9_000)])).toBe(5_000);
    expect(latencyPaths([point(0, 9_000)], 5_000).line).toBe('M300.0 0.0');
  });
});

describe('the chart of the bit rate', () => {
  const rate = (at: number, deliveredBps: number, targetBps?: number) => ({
    at,
    deliveredBps,
    targetBps,
  });

  test('fills what came and draws a line at the target', () => {
    const { delivered, target } = ratePaths([rate(0, 1e6, 2e6), rate(1_000, 5e5, 2e6)], 2e6);
    expect(delivered).toBe('M295.0 64.0L295.0 32.0L300.0 48.0L300.0 64.0Z');
    expect(target).toBe('M295.0 0.0L300.0 0.0');
  });

  test('has no target until the server named one, and a scale that holds both', () => {
    const points = [rate(0, 3e5), rate(500, 3e5, 4e6)];
    expect(ratePaths(points, 5e6).target).toBe('M300.0 12.8');
    expect(rateScale(points)).toBe(5e6);
    expect(ratePaths([], 1e6)).toEqual({ delivered: '', target: '' });
  });
});

describe('the bar', () => {
  test('shares its width as the stages share the time', () => {
    const parts = barParts(stageShares(breakdown(6, 4, 1, 1, 4, 4)));
    expect(parts.map(({ name, start, width }) => [name, start, width])).toEqual([
      ['capture', 0, 0],
      ['encode', 0, 30],
      ['queue', 30, 20],
      ['network', 50, 5],
      ['reassembly', 55, 5],
      ['decode', 60, 20],
      ['present', 80, 20],
    ]);
  });

  test('gives no width to a stage that the error of the clock made negative', () => {
    const parts = barParts(stageShares(breakdown(10, 0, -0.2, 0, 5, 5)));
    expect(parts.map(({ width }) => width)).toEqual([0, 50, 0, 0, 0, 25, 25]);
    expect(barParts(stageShares(breakdown(0, 0, 0, 0, 0, 0))).map(({ width }) => width)).toEqual([
      0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  test('begins with the wait for the capture where a change is known, and has no figure for it elsewhere', () => {
    const known = breakdown(6, 4, 1, 1, 4, 4);
    const withCapture = {
      ...known,
      capture: { p50Ms: 20, p95Ms: 30 },
      typical: { ...known.typical, captureMs: 20, totalMs: 40 },
    };
    const [capture, encode] = barParts(stageShares(withCapture));
    expect(capture).toEqual({ name: 'capture', start: 0, width: 50 });
    expect(encode).toEqual({ name: 'encode', start: 50, width: 15 });
    expect(stageShares(withCapture)[0]).toMatchObject({ typicalMs: 20, p95Ms: 30 });
    expect(stageShares(known)[0]).toMatchObject({ typicalMs: undefined, p95Ms: undefined });
  });
});

describe('the figures', () => {
  test('are written with units, and unknown ones as a dash', () => {
    expect([17.24, 0.04, -0.04, -0.3, 99.94, 1103.8, undefined].map(milliseconds)).toEqual([
      '17.2 ms',
      '0.0 ms',
      '0.0 ms',
      '−0.3 ms',
      '99.9 ms',
      '1104 ms',
      '–',
    ]);
    expect([1_500, 8_040_000].map(bitrate)).toEqual(['2 kbit/s', '8.0 Mbit/s']);
  });

  const stats: PlayerStats = {
    network: {
      rttMs: 1.24,
      clockUncertaintyMs: 0.3,
      receivedBytes: 1,
      bitrateBps: 3_210_000,
      rate: { targetBps: 8_000_000, capacityBps: 11_500_000, queueMs: 4.2, state: 'increase' },
      keyRequests: 1,
      videoDiscarded: 2,
      videoAbandoned: 9,
      videoAbandonedBy: { deadline: 4, superseded: 3, other: 2 },
      videoMissing: 0,
      audioPackets: 10,
      audioMissing: 5,
      audioDuplicates: 0,
      audioDecodeErrors: 0,
      unacknowledgedInput: 0,
      transport: 'websocket',
      moves: 0,
      lastMove: undefined,
      reconnects: 1,
    },
    video: undefined,
    audio: {
      state: 'playing',
      fillMs: 41.4,
      targetMs: 40,
      underruns: 0,
      overruns: 0,
      ratePpm: -1_200,
    },
  };

  const flat = (given: PlayerStats) =>
    new Map(
      factGroups({ phase: 'live', transport: 'webtransport', role: 'viewer' }, given).flatMap(
        ({ facts }) => facts.map((fact) => [fact.label, fact] as const),
      ),
    );

  test('tell each loss by its reason, and mark what was lost', () => {
    const facts = flat(stats);
    expect(facts.get('Past deadline')).toMatchObject({ value: '4', isLoss: true });
    expect(facts.get('Superseded')).toMatchObject({ value: '3', isLoss: true });
    expect(facts.get('Given up')).toMatchObject({ value: '2', isLoss: true });
    expect(facts.get('Gaps')).toMatchObject({ value: '0', isLoss: false });
    expect(facts.get('Skipped')).toMatchObject({ value: '–' });
    expect(facts.get('Packets lost')).toMatchObject({ value: '5', isLoss: true });
  });

  test('set what the server aims at against what came', () => {
    const facts = flat(stats);
    const values = ['Delivered', 'Target', 'Capacity', 'Queue', 'Control', 'Loss'];
    expect(values.map((label) => facts.get(label)?.value)).toEqual([
      '3.2 Mbit/s',
      '8.0 Mbit/s',
      '11.5 Mbit/s',
      '4.2 ms',
      'Rising',
      '33.3 %',
    ]);
    expect(facts.get('Loss')?.isLoss).toBe(true);
    const early = flat({ ...stats, network: undefined });
    expect(values.map((label) => early.get(label)?.value)).toEqual(Array(6).fill('–'));
  });

  test('say how connection and sound stand', () => {
    const facts = flat(stats);
    const values = ['Link', 'Role', 'Round trip', 'Clock', 'Buffer', 'Speed'];
    expect(values.map((label) => facts.get(label)?.value)).toEqual([
      'WebTransport',
      'Watching',
      '1.2 ms',
      '± 0.3 ms',
      '41 of 40 ms',
      '−0.12 %',
    ]);
    const silent = flat({ ...stats, audio: { ...stats.audio, state: 'unavailable' } });
    expect([silent.get('State')?.value, silent.has('Buffer')]).toEqual(['None', false]);
  });
});
