/**
 * The compare sheet against a desktop on which a painted clock runs: two latency modes in turn, and everything that a user gets to see or
 * to save of it says the same.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { percentilesOf } from '../../../client/compare/figures.ts';
import type { ComparisonReport } from '../../../client/compare/report.ts';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { columnsOf, openCompare, savedBy, tableOf } from '../../support/compare-sheet.ts';
import { paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { waitUntil } from '../../support/wait.ts';

/** The shortest run, so that the test is short. */
const SECONDS = 3;
const ROUNDS = 2;

const painted = paintedDesktop({
  flags: ['--no-audio', '--video-frame-rate', '30'],
  framesPerSecond: 60,
  background: 'none',
});
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  opened = await painted.open();
  page = opened.page;
  await waitUntil(async () => (await probeOf(page).framesRead()) > 10, 30_000);
});

afterAll(() => logOut(opened));

const milliseconds = (value = 0): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

describe('the compare sheet', () => {
  it('runs two modes in turn, shows them and exports the same figures', async () => {
    const sheet = await openCompare(page);
    await sheet.getByLabel('Seconds per run').fill(String(SECONDS));
    await sheet.getByLabel('Rounds').fill(String(ROUNDS));
    await sheet.getByLabel('Rounds').press('Tab');
    await sheet.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => sheet.getByText('Run 1 of 4').isVisible()).toBe(true);
    await sheet.getByRole('table').waitFor({ timeout: 45_000 });

    const table = await tableOf(sheet);
    const json = await savedBy(page, sheet.getByRole('button', { name: 'Export JSON' }));
    const report = JSON.parse(json.text) as ComparisonReport;
    expect(json.name).toMatch(/^oriel-comparison-.*\.json$/);
    expect(report).toMatchObject({ schema: 'oriel.comparison/1', latency: 'glassToGlass' });
    expect(report.candidates.map(({ settings }) => settings.mode)).toEqual(['instant', 'balanced']);
    expect(report.runs.map(({ candidate }) => candidate)).toEqual([0, 1, 1, 0]);
    expect(report.runs.map(({ round }) => round)).toEqual([0, 0, 1, 1]);
    for (const run of report.runs) {
      expect(run.durationMs).toBeGreaterThan(SECONDS * 1000 - 50);
      expect(run.shown).toBeGreaterThan(SECONDS * 10);
      expect(run.stream).toMatchObject({ width: 1280, height: 720 });
    }
    for (const [index, figures] of report.totals.entries()) {
      const own = report.runs.filter(({ candidate }) => candidate === index);
      const latency = percentilesOf(own.flatMap(({ latenciesMs }) => latenciesMs));
      expect(figures.latency).toEqual(latency);
      expect(table['p50']?.[index]).toBe(milliseconds(latency?.p50Ms));
      expect(table['p95']?.[index]).toBe(milliseconds(latency?.p95Ms));
      expect(table['fps']?.[index]).toBe(figures.framesPerSecond.toFixed(1));
      expect(figures.framesPerSecond).toBeGreaterThan(10);
    }
    expect(await sheet.locator('.verdict').textContent()).toBe(report.verdict);

    const csv = await savedBy(page, sheet.getByRole('button', { name: 'Export CSV' }));
    const columns = columnsOf(csv.text);
    const column = (name: string) => columns[name] ?? [];
    expect(column('scope')).toEqual(['all', 'all', 'run', 'run', 'run', 'run']);
    expect(column('candidate')).toEqual([
      ...['Instant', 'Balanced'],
      ...['Instant', 'Balanced', 'Balanced', 'Instant'],
    ]);
    const figures = [...report.totals, ...report.runs.map((run) => run.figures)];
    expect(column('latency_p95_ms').map(Number)).toEqual(
      figures.map(({ latency }) => Number(latency?.p95Ms.toFixed(2))),
    );
    expect(column('frames_shown').map(Number)).toEqual(figures.map(({ shown }) => shown));
  });

  it('draws both plots', async () => {
    const plots = page.locator('oriel-compare-chart canvas');
    await expect.poll(() => plots.count()).toBe(2);
    const painted = await plots.evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const context = (canvas as HTMLCanvasElement).getContext('2d');
        return new Set(context?.getImageData(0, 0, width, height).data ?? []).size;
      }),
    );
    for (const values of painted) expect(values).toBeGreaterThan(10);
  });

  it('keeps the report in this browser, opens it again and deletes it', async () => {
    const verdict = await page.locator('.verdict').textContent();
    await page.reload();
    await expect.poll(probeOf(page).framesRead, { timeout: 30_000 }).toBeGreaterThan(0);
    const sheet = await openCompare(page);
    await sheet.getByRole('button', { name: /^Instant, Balanced/ }).click();
    expect(await sheet.locator('.verdict').textContent()).toBe(verdict);
    await sheet.getByRole('button', { name: 'Compare again' }).click();
    await sheet.getByRole('button', { name: /^Delete the comparison/ }).click();
    await expect.poll(() => sheet.getByText('Earlier comparisons').count()).toBe(0);
  });

  it('ends without a report when it is cancelled', async () => {
    const sheet = page.getByRole('dialog', { name: 'Compare' });
    await sheet.getByRole('button', { name: 'Start' }).click();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await sheet.getByRole('button', { name: 'Start' }).waitFor();
    expect(await sheet.getByRole('table').count()).toBe(0);
    expect(opened.console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
  });
});
