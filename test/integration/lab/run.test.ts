import { expect, it } from 'vitest';
import { figuresOf } from '../../lab/measurement.ts';
import { labAvailability } from '../../lab/namespace.ts';
import { runScenario } from '../../lab/run.ts';
import { runRival } from '../../lab/rival-run.ts';
import type { Scenario } from '../../lab/scenarios.ts';

const lab = labAvailability();
const because = lab.type === 'unavailable' ? ` (skipped: ${lab.reason})` : '';

const path = { rateBps: 50e6, delayMs: 30 };

/** A wide path, so that only its delay counts. */
const wide: Scenario = {
  name: 'wide',
  title: '50 Mbit/s, 60 ms round trip',
  viewers: [{ down: path, up: path }],
  variants: [],
  oneWayMs: 30,
  goals: {},
  hasRivals: true,
  quick: [],
};

const options = { measureMs: 3_000, warmUpMs: 3_000, seed: 1, lines: 240 };

it.skipIf(because !== '').for(['webtransport', 'websocket'] as const)(
  `a desktop behind a path is as late as the path is long, over %s${because}`,
  { timeout: 120_000 },
  async (transport) => {
    const runs = await runScenario(wide, { label: transport, transport }, options);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    if (run === undefined) return;
    const { video, audio, glass, bitrateBps } = figuresOf(run);
    expect(run.transport).toBe(transport);
    expect(run.clockUncertaintyMs).toBeGreaterThanOrEqual(30);
    // Half a millisecond for the clocks: both directions take the same time here.
    expect(Math.min(...run.video.map(({ latencyMs }) => latencyMs))).toBeGreaterThan(29.5);
    expect(Math.min(...run.audio.map(({ latencyMs }) => latencyMs))).toBeGreaterThan(29.5);
    expect(glass.p50).toBeGreaterThan(video.p50);
    expect(audio.p50).toBeGreaterThan(30);
    expect(bitrateBps).toBeGreaterThan(100e3);
    const motions = run.input?.motions.map(({ latencyMs }) => latencyMs) ?? [];
    expect(motions.length).toBeGreaterThan(20);
    expect(Math.min(...motions)).toBeGreaterThan(29.5);
    // Looked at every 50 ms, in lines of a second of which the first may have begun too early.
    expect(run.held.backlog.length).toBeGreaterThan(30);
    expect(Math.max(...run.held.target.map(([, bps]) => bps))).toBeGreaterThan(1e6);
    const carried = run.link.at(-1)?.deliveredBytes ?? 0;
    expect(carried).toBeGreaterThan((bitrateBps * run.durationMs) / 8_000 / 2);
  },
);

it.skipIf(because !== '').for(['plain', 'selkies', 'rtwebsocket'] as const)(
  `another design's sender behind the same path, %s${because}`,
  { timeout: 60_000 },
  async (name) => {
    const { video, durationMs } = await runRival(wide, { name }, options);
    const { bitrateBps, video: latency } = figuresOf({ durationMs, video, audio: [], shown: [] });
    expect(latency.p50).toBeGreaterThanOrEqual(30);
    expect(bitrateBps).toBeGreaterThan(7e6);
    expect(bitrateBps).toBeLessThan(9e6);
  },
);
