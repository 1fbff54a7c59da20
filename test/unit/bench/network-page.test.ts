import { expect, it } from 'vitest';
import { factorsOf, isMet, verdictsOf } from '../../bench/network-goals.ts';
import { networkPage } from '../../bench/network-page.ts';
import { causeOf } from '../../bench/network-findings.ts';
import { scenarios } from '../../lab/scenarios.ts';
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

it('says of every missed goal what the trace shows, and what is known of it', () => {
  const { video = [] } = own.series ?? {};
  const series = { video, audio: [], shown: [], link: [], backlog: [[600, 160] as const] };
  const step = { ...own, series, held: { ...held, max: 160 } };
  const page = pageOf([step]);
  expect(page).toContain('**step, Oriel, websocket, audio p95**, missed by 10 ms.');
  expect(page).toContain('The worst is 160 ms at 0.6 s; the largest picture around it has 200 KB.');
  expect(page).toContain('What the encoder has begun');
  const slow = { ...own, goals: { videoP95Ms: 70 } };
  const clean = { ...own, scenario: 'clean', goals: {} };
  expect(pageOf([clean, slow])).toContain(
    '1 of 3 took longer than 70 ms, 1 of them in the second from 0.5 s on. On the clean path p95 of video took 80 ms (load 0.5; here 0.5).',
  );
});

it('has a text for the goals of the scenarios on which the loop is measured', () => {
  for (const { name, goals } of scenarios) {
    if (!['step', 'narrow', 'poor', 'keyframes'].includes(name)) continue;
    const { videoP95Ms, audioP95Ms, audioP99Ms, bitrateBps } = goals;
    const what = [
      ...(videoP95Ms === undefined ? [] : ['video p95']),
      ...(audioP95Ms === undefined ? [] : ['audio p95']),
      ...(audioP99Ms === undefined ? [] : ['audio p99']),
      ...(bitrateBps === undefined ? [] : ['bitrate']),
    ];
    for (const goal of what)
      expect(causeOf({ scenario: name, what: goal }), `${name} ${goal}`).not.toBe('');
  }
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
