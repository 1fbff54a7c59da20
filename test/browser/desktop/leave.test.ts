import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openLink, type OpenedPage } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { XWitness } from '../../support/x-server.ts';

/** Far below the 5 s in which a silent client is noticed, and the 6 s of its control; closing takes Chromium most of it. */
const AT_ONCE_MS = 2_000;

let desktop: DesktopGateway;
let browser: Browser;

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio']);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await desktop.close();
});

async function openLive(transport: 'webtransport' | 'websocket'): Promise<OpenedPage> {
  const opened = await openLink(browser, await desktop.gateway.link(), { transport });
  await expectPictures(opened.page);
  return opened;
}

async function expectPictures(page: Page): Promise<void> {
  const shown = async () => (await probeOf(page).stats())?.video?.shown ?? 0;
  await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(0);
}

const lines = (text: string): readonly string[] =>
  desktop.gateway.log.filter((line) => line.includes(text));

describe.each(['webtransport', 'websocket'] as const)('over %s', (transport) => {
  it('a tab that is closed lets its keys and the control of the desktop go at once', async () => {
    const witness = await XWitness.open(desktop.env['DISPLAY'] ?? '', desktop.env['XAUTHORITY']);
    const controller = await openLive(transport);
    const waiting = await openLive(transport);
    await waiting.page.getByText('Watching').waitFor();
    await controller.page.bringToFront();
    await controller.page.mouse.move(400, 300);
    await controller.page.keyboard.down('Shift');
    await witness.take('KeyPress', 1);
    const left = lines('"viewer left"').length;

    const closedAt = performance.now();
    // With its whole context: Chromium then kills the page, and its WebTransport session just falls silent.
    await Promise.all([controller.context.close(), witness.take('KeyRelease', 1)]);
    expect(performance.now() - closedAt).toBeLessThan(AT_ONCE_MS);
    await waiting.page.mouse.move(500, 300);
    await waiting.page.getByText('Live', { exact: true }).waitFor({ timeout: AT_ONCE_MS });
    await expect.poll(() => lines('"viewer left"').length).toBe(left + 1);
    const how = lines('"viewer left"').at(-1);
    expect(how).toContain('"code":0');
    // A WebSocket may be closed before the beacon arrives, which says the same.
    if (transport === 'webtransport') expect(how).toContain('"the page was left"');

    witness.close();
    await waiting.context.close();
  });

  it('a page that the user comes back to connects again', async () => {
    const { page, context } = await openLive(transport);
    const joined = lines('"viewer joined"').length;
    const left = lines('"viewer left"').length;
    await page.goto('about:blank');
    await expect.poll(() => lines('"viewer left"').length).toBe(left + 1);
    await page.goBack({ waitUntil: 'commit' });
    await expect.poll(() => lines('"viewer joined"').length, { timeout: 10_000 }).toBe(joined + 1);
    await expectPictures(page);
    await page.getByText('Live', { exact: true }).waitFor();
    await context.close();
  });
});
