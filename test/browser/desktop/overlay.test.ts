/**
 * What the statistics show, against what was painted. A program paints its clock onto the desktop; the page reads it back when it has
 * drawn a frame. Painted to drawn is longer than the shown total, captured to drawn, by the time that a painted picture waits
 * until the encoder captures it: at most one painting period. Which frames the shown figures are of cannot be said, so that both
 * are averages over about the same last frames: the mean of the middle half, which a few slow frames do not move.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, logOut, openLink } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { startPatternPainter, type PatternPainter } from '../../support/pattern-painter.ts';
import { probeOf } from '../../support/probe.ts';

/** Frames that the figures are about (client/stats/latency-breakdown.ts). */
const WINDOW = 240;

/** What the estimate of the clock, its steps and the rounding of the figures may add, in milliseconds. */
const TOLERANCE_MS = 3;

/** Painted much more often than captured, so that the wait for the capture is short. */
const PAINTED_PER_SECOND = 240;

let desktop: DesktopGateway;
let painter: PatternPainter;
let browser: Browser;

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio', '--video-frame-rate', '30']);
  painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond: PAINTED_PER_SECOND,
    background: 'none',
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await painter.close();
  await desktop.close();
});

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

describe.each(['webtransport', 'websocket'] as const)('the statistics over %s', (transport) => {
  it('show stages that add up to what was measured from painting to drawing', async () => {
    const opened = await openLink(browser, await desktop.gateway.link(), { transport });
    const { page, console } = opened;
    const probe = probeOf(page);
    await expect.poll(probe.framesRead, { timeout: 30_000 }).toBeGreaterThan(10);
    await page.keyboard.press('Control+Alt+Shift+KeyS');
    const before = await probe.pattern();
    const startedAt = performance.now();
    const enough = (before?.read ?? 0) + WINDOW + 30;
    await expect.poll(probe.framesRead, { timeout: 40_000 }).toBeGreaterThan(enough);
    const [after, shown] = await Promise.all([probe.pattern(), shownFigures(page)]);
    const seconds = (performance.now() - startedAt) / 1000;

    const painted = (after?.lastCounter ?? 0) - (before?.lastCounter ?? 0);
    const periodMs = (seconds / painted) * 1000;
    const measuredMs = typical(after?.latenciesMs.slice(-WINDOW) ?? []);
    const sumMs = shown.stages.reduce((sum, stage) => sum + stage, 0);

    expect(shown.stages).toHaveLength(6);
    // Each figure is rounded to a tenth.
    expect(Math.abs(sumMs - shown.total)).toBeLessThanOrEqual(0.35);
    const waitMs = measuredMs - sumMs;
    const found = `sum ${sumMs.toFixed(1)}, measured ${measuredMs.toFixed(1)}, period ${periodMs.toFixed(1)} ms`;
    expect(waitMs, found).toBeGreaterThan(-TOLERANCE_MS);
    expect(waitMs, found).toBeLessThan(periodMs + TOLERANCE_MS);
    expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
    globalThis.console.log(`${transport}: ${found}`);
    await logOut(opened);
  });
});
