import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { analyzeTone } from '../../support/tone.ts';

/** A name that is not this machine's to a browser, which asks nobody for its address. */
const NAME = 'desk.example';

let gateway: Gateway;
let browser: Browser;

beforeAll(async () => {
  const origin = `http://${NAME}`;
  gateway = await Gateway.start(['--source', 'test', '--plain-http', '--public-origins', origin]);
  browser = await launchChromium([
    `--host-resolver-rules=MAP ${NAME}:80 127.0.0.1:${gateway.port}`,
  ]);
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

describe('a page over plain http, on a name of the network', () => {
  it('shows the picture by Media Source, and says that https would bring more', async () => {
    const { page, context } = await openLink(browser, await gateway.link());
    expect(new URL(page.url()).hostname).toBe(NAME);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    const shown = async () => (await probeOf(page).stats())?.video?.shown ?? 0;
    await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(30);
    const { current, rungs = [] } = (await probeOf(page).rungs()) ?? {};
    expect(current).toBe('mediaSourceSound');
    const webCodecs = rungs.find(({ rung }) => rung === 'webCodecs');
    expect(JSON.stringify(webCodecs)).toContain('not served over https');
    expect((await probeOf(page).stats())?.network?.transport).toBe('websocket');
    const inUse = page.locator('oriel-status-bar .rung');
    await inUse.getByText('Media Source, sound too', { exact: true }).waitFor();
    await context.close();
  });

  it('plays the tone of the source by Media Source', async () => {
    const { page, context } = await openLink(browser, await gateway.link());
    const measure = async () => {
      const { samples, sampleRate } = await probeOf(page).recording();
      return analyzeTone(samples, sampleRate, 1_000);
    };
    // Two thirds of a second is what can be read back; a machine that stalls makes a gap in one, not in all.
    const purity = async () => (await measure()).purity;
    await expect.poll(purity, { timeout: 20_000, interval: 500 }).toBeGreaterThan(0.97);
    await context.close();
  });

  it('is warned of at the start, since everybody on the way can read', () => {
    const warnings = gateway.log.filter((line) => line.includes('plain http are allowed'));
    expect(warnings).toHaveLength(1);
  });
});
