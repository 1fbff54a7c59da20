/**
 * What the statistics show, against what was painted. A program paints its clock onto the desktop, less often than the desktop is
 * captured, so that each picture shows at most one new painting; the page reads it back when it has drawn a frame. The seven stages of
 * such a frame, from the change on the screen to drawn, have to add up to the time from painted to drawn.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { logOut } from '../../support/chromium.ts';
import type { RunRecording } from '../../../client/stats/measurements.ts';
import type { PatternProbeReport } from '../../../client/stats/pattern-probe.ts';
import { paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';

/** Frames that the figures are about (client/stats/latency-breakdown.ts). */
const WINDOW = 240;

/** What the estimate of the clock, its steps and the rounding of the figures may add, in milliseconds. */
const TOLERANCE_MS = 3;

/** Captured and painted so often: no two paintings in one picture, and every phase between them. */
const CAPTURED_PER_SECOND = 30;
const PAINTED_PER_SECOND = 23;

/** Frames of known changes that are enough for a median. */
const ENOUGH = 20;

const painted = paintedDesktop({
  flags: ['--webrtc', '--no-audio', '--video-frame-rate', String(CAPTURED_PER_SECOND)],
  framesPerSecond: PAINTED_PER_SECOND,
  background: 'none',
});

const transports = ['webtransport', 'websocket', 'webrtc'] as const;

const inMilliseconds = (text: string): number => Number(text.replace('−', '-').replace(' ms', ''));

/** The figures as a user reads them. */
async function shownFigures(page: Page): Promise<{ stages: number[]; total: number }> {
  const region = page.getByRole('region', { name: 'Statistics' });
  // One look at both, or the page could update between them.
  const [total = '', ...stages] = await region
    .locator('strong, td.typical')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent));
  return { stages: stages.map(inMilliseconds), total: inMilliseconds(total) };
}

/** The mean of the middle half, as the page computes its figures. */
function typical(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Of each frame whose change is known: painted to drawn, and the sum of its stages. */
function knownFrames({ frames }: RunRecording, { latenciesMs, shownAtMs }: PatternProbeReport) {
  // What a track shows is read in the page, apart from the recording.
  const readInPage = new Map(shownAtMs.map((at, index) => [at, latenciesMs[index]]));
  return frames.glassMs
    .map((readInWorker, index) => {
      const inPage = readInPage.get(frames.shownAtMs[index] ?? Number.NaN);
      const glassMs = Number.isFinite(readInWorker) ? readInWorker : (inPage ?? Number.NaN);
      const stages = Object.values(frames.stagesMs).map((stage) => stage[index] ?? Number.NaN);
      return { glassMs, sumMs: stages.reduce((sum, ms) => sum + ms, 0) };
    })
    .filter(({ glassMs, sumMs }) => Number.isFinite(glassMs) && Number.isFinite(sumMs));
}

/**
 * Least and most of what painted to drawn typically took in the window of the shown figures. Which frames are in it cannot be said: the page
 * shows its figures anew every half second, and about a quarter of the frames are known.
 */
function paintedLately(known: readonly { readonly glassMs: number }[]): readonly number[] {
  const ages = known.map(({ glassMs }) => glassMs);
  const ends = Array.from({ length: 12 }, (_, back) => ages.length - back);
  const lengths = [ENOUGH, ages.length / 2, ages.length].map(Math.round);
  const values = ends.flatMap((end) =>
    lengths.map((length) => typical(ages.slice(Math.max(0, end - length), end))),
  );
  return [Math.min(...values), Math.max(...values)];
}

describe.each(transports)('the statistics over %s', (transport) => {
  it('show seven stages that add up to what was measured from painting to drawing', async () => {
    const isTrack = transport === 'webrtc';
    const opened = await painted.open(isTrack ? { rung: 'webRtc' } : { transport });
    const { page, console } = opened;
    const probe = probeOf(page);
    await expect.poll(probe.framesRead, { timeout: 30_000 }).toBeGreaterThan(10);
    await page.keyboard.press('Control+Alt+Shift+KeyS');
    await probe.startRun();
    const enough = (await probe.framesRead()) + WINDOW + 60;
    await expect.poll(probe.framesRead, { timeout: 40_000 }).toBeGreaterThan(enough);
    const [run, shown] = await Promise.all([probe.stopRun(), shownFigures(page)]);
    const pattern = await probe.pattern();
    const known = run === undefined || pattern === undefined ? [] : knownFrames(run, pattern);

    expect(known.length).toBeGreaterThan(ENOUGH);
    expect(shown.stages).toHaveLength(7);
    const sumMs = shown.stages.reduce((sum, stage) => sum + stage, 0);
    // Each figure is rounded to a tenth.
    expect(Math.abs(sumMs - shown.total)).toBeLessThanOrEqual(0.4);
    const apart = median(known.map((frame) => frame.glassMs - frame.sumMs));
    const paintedMs = paintedLately(known);
    const found = `${known.length} frames, median apart ${apart.toFixed(1)}, shown ${sumMs.toFixed(1)}, painted ${paintedMs.map((ms) => ms.toFixed(1)).join(' to ')} ms`;
    globalThis.console.log(`${transport}: ${found}`);
    expect(Math.abs(apart), found).toBeLessThan(TOLERANCE_MS);
    expect(sumMs, found).toBeGreaterThan((paintedMs[0] ?? Number.NaN) - TOLERANCE_MS);
    expect(sumMs, found).toBeLessThan((paintedMs[1] ?? Number.NaN) + TOLERANCE_MS);
    expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
    await logOut(opened);
  });
});
