import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium, logOut, openLink, type OpenedPage } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { TypedText } from '../../support/typed-text.ts';
import { XWitness } from '../../support/x-server.ts';

const SENTENCE = 'The Quick brown FOX, 0123456789: (a+b)*c=[d]/{e}; "x" <y> ~#$%^&_|\\ @home!';

let desktop: DesktopGateway;
let browser: Browser;
let opened: OpenedPage;

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio']);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await desktop.close();
});

async function openLive(
  transport: 'webtransport' | 'websocket',
  viewport = { width: 1280, height: 800 },
): Promise<Page> {
  opened = await openLink(browser, await desktop.gateway.link(), { transport, viewport });
  const stats = async () => (await probeOf(opened.page).stats())?.video?.shown ?? 0;
  await expect.poll(stats, { timeout: 20_000 }).toBeGreaterThan(0);
  return opened.page;
}

afterEach(() => logOut(opened));

/** Keys of a German keyboard whose characters need AltGr, as Chromium reports them on Linux. */
const altGraphKeys = [
  { code: 'KeyE', key: '€' },
  { code: 'KeyQ', key: '@' },
  { code: 'KeyM', key: 'µ' },
  { code: 'Digit8', key: '[' },
  { code: 'Minus', key: '\\' },
  { code: 'Digit3', key: '³' },
];

async function typeAltGraph(cdp: CDPSession): Promise<string> {
  const press = (type: 'rawKeyDown' | 'keyUp', key: { code: string; key: string }) =>
    cdp.send('Input.dispatchKeyEvent', { type, ...key });
  await press('rawKeyDown', { code: 'AltRight', key: 'AltGraph' });
  for (const key of altGraphKeys) {
    await press('rawKeyDown', key);
    await press('keyUp', key);
  }
  await press('keyUp', { code: 'AltRight', key: 'AltGraph' });
  return altGraphKeys.map(({ key }) => key).join('');
}

describe.each(['webtransport', 'websocket'] as const)('the keyboard over %s', (transport) => {
  it('types a sentence into the terminal, exactly', async () => {
    const terminal = await TypedText.open(desktop.env);
    try {
      const page = await openLive(transport);
      await page.mouse.click(200, 200);
      await page.keyboard.type(SENTENCE);
      await terminal.expect(SENTENCE);
      const cdp = await opened.context.newCDPSession(page);
      const special = await typeAltGraph(cdp);
      await page.keyboard.insertText('Grüße, 日本 🙂');
      await terminal.expect(`${SENTENCE}${special}Grüße, 日本 🙂`);
    } finally {
      await terminal.close();
    }
  });
});

describe.each(['webtransport', 'websocket'] as const)('the pointer over %s', (transport) => {
  let witness: XWitness;

  beforeEach(async () => {
    witness = await XWitness.open(desktop.env['DISPLAY'] ?? '', desktop.env['XAUTHORITY']);
  });

  afterEach(() => witness.close());

  it.each([
    { width: 1280, height: 800 },
    { width: 900, height: 1000 },
  ])('clicks and drags on the right pixel in a window of $width × $height', async (viewport) => {
    const page = await openLive(transport, viewport);
    const box = await page.locator('canvas').boundingBox();
    if (box === null) throw new Error('the page shows no canvas');
    const scale = box.width / 1280;
    const at = (x: number, y: number) =>
      [box.x + (x + 0.5) * scale, box.y + (y + 0.5) * scale] as const;
    const from = { x: 301, y: 222 };
    const to = { x: 1277, y: 718 };

    await page.mouse.click(...at(17, 33));
    await page.mouse.move(...at(from.x, from.y));
    await page.mouse.down();
    await page.mouse.move(...at(to.x, to.y), { steps: 12 });
    await page.mouse.up();

    const place = (events: Awaited<ReturnType<XWitness['take']>>) =>
      events.map(({ rootx, rooty }) => ({ x: rootx, y: rooty }));
    expect(place(await witness.take('ButtonPress', 2))).toEqual([{ x: 17, y: 33 }, from]);
    expect(place(await witness.take('ButtonRelease', 2))).toEqual([{ x: 17, y: 33 }, to]);
    expect(witness.events.filter(({ name }) => name === 'MotionNotify').length).toBeGreaterThan(3);
  });
});
