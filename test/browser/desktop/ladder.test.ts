import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RungName } from '../../../client/ladder/rungs.ts';
import {
  launchChromium,
  logOut,
  openLink,
  type OpenedPage,
  type PageOptions,
} from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { startPatternPainter, type PatternPainter } from '../../support/pattern-painter.ts';
import { probeOf } from '../../support/probe.ts';
import { TypedText } from '../../support/typed-text.ts';
import { CHANGED_SCRIPTS, withoutGlobals } from '../../support/withheld.ts';

const SENTENCE = 'The quick brown fox climbs down the ladder, rung by rung.';

let desktop: DesktopGateway;
let painter: PatternPainter;
let browser: Browser;
let opened: OpenedPage;

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio']);
  painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond: 30,
    background: 'none',
  });
  browser = await launchChromium([CHANGED_SCRIPTS]);
});

afterAll(async () => {
  await browser.close();
  await painter.close();
  await desktop.close();
});

afterEach(() => logOut(opened));

async function open(options: PageOptions = {}): Promise<Page> {
  opened = await openLink(browser, await desktop.gateway.link(), options);
  return opened.page;
}

async function expectFrames(page: Page, frames: number): Promise<void> {
  const { framesRead } = probeOf(page);
  const before = await framesRead();
  await expect.poll(framesRead, { timeout: 20_000, interval: 50 }).toBeGreaterThan(before + frames);
}

async function expectRung(page: Page, rung: RungName, label: string): Promise<void> {
  const current = async () => (await probeOf(page).rungs())?.current;
  await expect.poll(current, { timeout: 10_000 }).toBe(rung);
  await page.locator('oriel-status-bar .rung').getByText(label, { exact: true }).waitFor();
}

describe('a browser without VideoDecoder', () => {
  it('plays by Media Source, with every pattern readable, and says why not better', async () => {
    const page = await open({ prepare: withoutGlobals('VideoDecoder') });
    await expectFrames(page, 30);
    await expectRung(page, 'mediaSource', 'Media Source');
    const { pattern, rungs } = probeOf(page);
    expect((await pattern())?.unreadable).toBe(0);
    const webCodecs = (await rungs())?.rungs.find(({ rung }) => rung === 'webCodecs');
    expect(JSON.stringify(webCodecs)).toContain('WebCodecs is missing in this browser.');
  });

  it('types a sentence exactly, without WebTransport too', async () => {
    const terminal = await TypedText.open(desktop.env);
    try {
      // Without the probe: reading pictures back in the page's own thread would hold up its input.
      const prepare = withoutGlobals('VideoDecoder', 'WebTransport');
      const page = await open({ prepare, probe: false });
      const bar = page.locator('oriel-status-bar');
      await bar.getByText('Media Source', { exact: true }).waitFor();
      await bar.getByText('WebSocket', { exact: true }).waitFor();
      await page.locator('oriel-desktop-view[place=mediaSource]').waitFor();
      await page.mouse.click(200, 200);
      await page.keyboard.type(SENTENCE, { delay: 5 });
      await terminal.expect(SENTENCE);
    } finally {
      await terminal.close();
    }
  });
});

describe('a rung that is pinned in the settings', () => {
  it('takes the picture over and gives it back, in the same connection', async () => {
    const page = await open();
    await expectFrames(page, 10);
    const connection = await probeOf(page).connection();
    for (const { rung, label } of [
      { rung: 'mediaSource', label: 'Media Source' },
      { rung: 'webCodecs', label: 'WebCodecs' },
    ] as const) {
      await page.keyboard.press('Control+Alt+Shift');
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.getByLabel('Player', { exact: true }).selectOption({ label });
      await page.keyboard.press('Escape');
      await expectRung(page, rung, label);
      await expectFrames(page, 20);
    }
    expect(await probeOf(page).connection()).toBe(connection);
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
  });
});
