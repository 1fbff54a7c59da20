import { expect, it } from 'vitest';
import { factorsOf, isMet, verdictsOf } from '../../bench/network-goals.ts';
import { networkPage } from '../../bench/network-page.ts';
import { plotsOf } from '../../bench/network-plots.ts';
import type { NetworkRun } from '../../bench/network-run.ts';
import { factorsTable, goalsTable } from '../../bench/network-tables.ts';

const latency = (p95: number) => ({ p50: p95 / 2, p95, p99: p95 + 10 });

const figures = {
  video: latency(80),
  audio: latency(50),
  glass: latency(90),
  framesPerSecond: 55,
  freezesPerMinute: 2,
  longestFreezeMs: 110,
  bitrateBps: 6e6,
};

const held = { p50: 5, p95: 20, max: 60, targetBps: 7e6, dropped: { expired: 3 } };

/** A run without figures. */
const base: NetworkRun = {
  scenario: 'step',
  title: 'a step',
  label: 'websocket',
  sender: 'oriel',
  oneWayMs: 20,
  goals: { videoP95Ms: 90, audioP95Ms: 40, settledUpMs: 4_000, timesBetter: 5 },
  load: 0.5,
};

const own: NetworkRun = {
  ...base,
  durationMs: 8_000,
  figures,
  held,
  settling: { downMs: 500, upMs: null },
  series: {
    video: [
      [0, 40, 100],
      [500, 80, 200_000],
      [1_000, 60, 100],
    ],
    audio: [],
    shown: [],
    link: [],
    backlog: [[0, 5]],
  },
};

const rival: NetworkRun = {
  ...own,
  sender: 'plain',
  label: 'plain over cubic',
  figures: { ...figures, video: latency(320) },
};

const verdictOf = (run: NetworkRun, what: string) =>
  verdictsOf([run]).find((verdict) => verdict.what.includes(what));

it('holds a run of Oriel against its goals, and nobody else', () => {
  expect(verdictOf(own, 'video p95')).toMatchObject({ value: 80, limit: 90 });
  expect(
    verdictsOf([own])
      .filter(isMet)
      .map(({ what }) => what),
  ).toEqual(['video p95', 'oldest that the sender held, ever']);
  expect(verdictsOf([rival])).toEqual([]);
});

it('says by how much a goal is missed', () => {
  expect(goalsTable([own])).toContain('| **missed by 10 ms** |');
  expect(goalsTable([own])).toContain('not in the time measured | **missed** |');
  expect(goalsTable([own])).toContain('2 of 4 are met.');
});

it('judges no settling that could not be seen', () => {
  expect(verdictOf({ ...own, settling: {} }, 'step up')).toBeUndefined();
});

it('holds only the variants that a scenario names against its goals, and all against the backlog', () => {
  const other = { ...own, goals: { ...own.goals, of: ['chosen by itself'] } };
  expect(verdictsOf([other]).map(({ what }) => what)).toEqual([
    'oldest that the sender held, ever',
  ]);
});

it('counts a run that failed as goals that are not met', () => {
  const failed = { ...base, failure: 'no | picture' };
  expect(verdictsOf([failed]).some(isMet)).toBe(false);
  expect(goalsTable([failed])).toContain('**not measured**');
  expect(pageOf([failed])).toContain('failed: no / picture');
  expect(pageOf([failed])).toContain('**1 runs failed**');
});

it('holds a still desktop against its own goals', () => {
  const still = { gatewayPercent: 1, encodersPercent: 3, wireKbps: 12 };
  const run = { ...base, scenario: 'static', goals: {}, still };
  expect(verdictsOf([run]).map(isMet)).toEqual([true, false]);
  expect(goalsTable([run])).toContain('**missed by 1.0 %**');
});

it('divides the p95 of rivals by its own', () => {
  expect(factorsOf([own, rival])).toEqual([
    { scenario: 'step', run: 'Oriel, websocket', rival: 'plain over cubic', times: 4, goal: 5 },
  ]);
  expect(factorsTable([own, rival])).toContain('| **4.0 (goal 5)** |');
});

it('promises nothing over rivals on another congestion control', () => {
  const overBbr = { ...rival, label: 'plain over bbr' };
  expect(factorsOf([own, overBbr])[0]?.goal).toBeUndefined();
});

it('makes a page with tables, drops, and a plot for every image that it names', () => {
  const page = pageOf([own, rival]);
  expect(page).toContain('dropped by the sender: expired 3');
  expect(page).toContain('largest picture 200 KB');
  expect(page).toContain('| 40 / 80 / 90 |');
  expect(page).toContain('| 5 / 20 / 60 |');
  const images = [...page.matchAll(/images\/(\S+\.svg)/g)].map(([, name]) => name);
  expect(images).toEqual(plotsOf([own, rival]).map(({ file }) => file));
});

it('makes a page of nothing', () => {
  expect(pageOf([])).toContain('0 of 0 are met.');
});

const pageOf = (details: readonly NetworkRun[]): string =>
  networkPage({
    time: '2026-01-01T00:00:00.000Z',
    machine: {
      processor: 'P',
      cores: 2,
      memoryGiB: 1,
      kernel: 'k',
      node: 'v24',
      system: 's',
      load: 0,
    },
    details,
  });
