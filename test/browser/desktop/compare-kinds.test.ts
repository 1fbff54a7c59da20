/** The compare sheet with candidates of every kind beside modes: each run has to be what its candidate asks for, and nothing of it stays. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ComparisonReport } from '../../../client/compare/report.ts';
import { launchChromium, logOut, openLink } from '../../support/chromium.ts';
import { columnsOf, openCompare, savedBy } from '../../support/compare-sheet.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { waitUntil } from '../../support/wait.ts';

/** Two transports, a codec and a sink. */
const CANDIDATES = ['WebTransport', 'WebSocket', 'VP8', 'Video element'];

/** The shortest run. */
const SECONDS = 3;

let gateway: Gateway;
let browser: Browser;

beforeAll(async () => {
  // A small picture that moves all the time, and a tone.
  gateway = await Gateway.start([
    ...['--source', 'test', '--desktop-width', '320', '--desktop-height', '240'],
    ...['--video-frame-rate', '30'],
  ]);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  expect(await gateway.stop()).toBe(0);
});

it('runs transports, a codec and a sink, exports what each was, and leaves everything as it was', async () => {
  const opened = await openLink(browser, await gateway.link());
  const { page } = opened;
  const stats = async () => (await probeOf(page).stats())?.video;
  await waitUntil(async () => ((await stats())?.shown ?? 0) > 10, 30_000);
  const before = (await probeOf(page).stream())?.settings;
  const sheet = await openCompare(page);
  for (const name of ['Instant', 'Balanced']) await sheet.getByRole('button', { name }).click();
  for (const name of CANDIDATES) {
    await sheet.getByRole('button', { name: new RegExp(`${name}$`) }).click();
  }
  await sheet.getByLabel('Seconds per run').fill(String(SECONDS));
  await sheet.getByLabel('Rounds').fill('1');
  await sheet.getByLabel('Rounds').press('Tab');
  await sheet.getByRole('button', { name: 'Start' }).click();
  await sheet.getByRole('table').waitFor({ timeout: 60_000 });

  const json = await savedBy(page, sheet.getByRole('button', { name: 'Export JSON' }));
  const report = JSON.parse(json.text) as ComparisonReport;
  expect(report.candidates.map(({ name }) => name)).toEqual(CANDIDATES);
  expect(report.latency).toBe('captureToShown');
  const [webTransport, webSocket, vp8, track] = report.runs.map(({ stream }) => stream);
  expect(webTransport).toMatchObject({ transport: 'webtransport', width: 320, height: 240 });
  expect(webSocket).toMatchObject({ transport: 'websocket' });
  expect(vp8).toMatchObject({ codec: 'vp8' });
  expect(track).toMatchObject({ sink: 'track' });
  for (const { shown, durationMs, figures, audioUnderruns } of report.runs) {
    expect(shown).toBeGreaterThan(10);
    expect(durationMs).toBeGreaterThan(SECONDS * 1000 - 50);
    expect(figures.stages.encode?.frames).toBeGreaterThan(0);
    // There is no X display that could tell of changes.
    expect(figures.stages.capture).toBeUndefined();
    expect(audioUnderruns).not.toBeNull();
  }
  const csv = columnsOf(
    (await savedBy(page, sheet.getByRole('button', { name: 'Export CSV' }))).text,
  );
  expect(csv['candidate']).toEqual([...CANDIDATES, ...CANDIDATES]);
  const figures = [...report.totals, ...report.runs.map((run) => run.figures)];
  expect(csv['frames_shown']?.map(Number)).toEqual(figures.map(({ shown }) => shown));
  expect(csv['encode_mean_ms']?.map(Number)).toEqual(
    figures.map(({ stages }) => stages.encode?.meanMs),
  );
  expect(csv['capture_mean_ms']).toEqual(figures.map(() => ''));

  await expect.poll(async () => (await probeOf(page).stream())?.settings).toEqual(before);
  await expect.poll(async () => (await stats())?.sink).toBe('canvas');
  expect(opened.console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
  await logOut(opened);
});
