import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, logOut, openLink, type OpenedPage } from '../../support/chromium.ts';
import { framesAfter } from '../../support/painted-desktop.ts';
import { startPatternPainter, type PatternPainter } from '../../support/pattern-painter.ts';
import { probeOf } from '../../support/probe.ts';
import { startProxiedDesktop, type ProxiedDesktop } from '../../support/proxied-desktop.ts';
import { proxyNames, type ProxyName } from '../../support/reverse-proxy.ts';
import { TypedText } from '../../support/typed-text.ts';

const SENTENCE = 'The quick brown fox goes through one port.';

/** What can stand in a console without anything being wrong. */
const isFault = (line: string): boolean => /^(error|pageerror)/.test(line);

let proxied: ProxiedDesktop;
let painter: PatternPainter;
let browser: Browser;
let opened: OpenedPage;

// A small and slow picture: two cores carry desktop, encoder, proxy and browser at once.
beforeAll(async () => {
  proxied = await startProxiedDesktop(1, [
    ...['--no-audio', '--video-frame-rate', '20'],
    ...['--desktop-width', '1280', '--desktop-height', '400'],
  ]);
  const { DISPLAY: display = '', XAUTHORITY: authority = '' } = proxied.desktop.env;
  painter = await startPatternPainter({
    display,
    authority,
    framesPerSecond: 20,
    background: 'none',
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await painter.close();
  await proxied.close();
});

afterEach(() => logOut(opened));

async function open(through: ProxyName, probe = true): Promise<Page> {
  opened = await openLink(browser, await proxied.link(through), { probe });
  return opened.page;
}

describe.each(proxyNames)('behind %s, under a sub-path and with its own time-outs', (name) => {
  it('shows every picture over WebSocket, and the console has nothing to say', async () => {
    const page = await open(name);
    expect(new URL(page.url()).pathname).toBe('/desk/');
    await framesAfter(page, 20);
    const { pattern, stats } = probeOf(page);
    expect((await pattern())?.unreadable).toBe(0);
    expect((await stats())?.network?.transport).toBe('websocket');
    expect(opened.console.filter(isFault)).toEqual([]);
  });

  it('types a sentence exactly', async () => {
    const terminal = await TypedText.open(proxied.desktop.env);
    try {
      const page = await open(name, false);
      const bar = page.locator('oriel-status-bar');
      await bar.getByText('WebSocket', { exact: true }).waitFor();
      await bar.locator('.phase').getByText('Live').waitFor();
      await page.mouse.click(200, 300);
      await page.keyboard.type(SENTENCE, { delay: 5 });
      await terminal.expect(SENTENCE);
    } finally {
      await terminal.close();
    }
  });
});
