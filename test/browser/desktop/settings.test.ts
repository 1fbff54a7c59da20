/** The settings panel against a real gateway: what is applied, kept, bounded, locked and refused is what the gateway does. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS_KEY } from '../../../client/settings/settings-store.ts';
import { launchChromium, logOut, openLink, type OpenedPage } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';

/** How long a change may take to be seen on a loaded machine. */
const PATIENCE = { timeout: 15_000 } as const;

let browser: Browser;
let gateway: Gateway;

beforeAll(async () => {
  browser = await launchChromium();
  const policy = ['--stream-locked', 'quality', '--video-frame-rate', '30'];
  gateway = await Gateway.start(['--source', 'test', '--video-bitrate-kbps', '2000', ...policy]);
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

async function showSettings(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('dialog', { name: 'Settings' }).waitFor();
}

async function openSettings(stored?: object): Promise<OpenedPage> {
  const opened = await openLink(browser, await gateway.link(), {
    probe: true,
    prepare: (page) =>
      page.addInitScript(
        ([key, text]) => {
          if (text !== '' && localStorage.getItem(key) === null) localStorage.setItem(key, text);
        },
        [SETTINGS_KEY, stored === undefined ? '' : JSON.stringify(stored)] as const,
      ),
  });
  await showSettings(opened.page);
  return opened;
}

describe('the settings panel', () => {
  it('applies a frame rate while the picture runs, and keeps it over a reload', async () => {
    const opened = await openSettings();
    const { page } = opened;
    const framesPerSecond = async (): Promise<number> =>
      (await probeOf(page).stats())?.video?.framesPerSecond ?? 0;
    await expect.poll(framesPerSecond, PATIENCE).toBeGreaterThan(20);
    const slider = page.getByRole('slider', { name: 'Frame rate cap' });
    // 1, 5, 10 … 30, no limit.
    await slider.fill('2');
    await page.getByRole('status').getByText('Frame rate cap: 10 fps, applied.').waitFor();
    await expect.poll(framesPerSecond, PATIENCE).toBeLessThanOrEqual(14);
    expect(await framesPerSecond()).toBeGreaterThan(0);
    await page.getByRole('radio', { name: 'Movie' }).check();
    await page.getByRole('status').getByText('Latency mode: Movie, applied.').waitFor();

    await page.reload();
    await showSettings(page);
    await expect.poll(() => slider.getAttribute('aria-valuetext'), PATIENCE).toBe('10 fps');
    expect(await page.getByRole('radio', { name: 'Movie' }).isChecked()).toBe(true);
    await expect.poll(framesPerSecond, PATIENCE).toBeGreaterThan(0);
    await expect.poll(framesPerSecond, PATIENCE).toBeLessThanOrEqual(14);

    await page.getByRole('button', { name: 'Reset everything to defaults' }).click();
    await expect.poll(framesPerSecond, PATIENCE).toBeGreaterThan(20);
    const kept = await page.evaluate((key) => localStorage.getItem(key), SETTINGS_KEY);
    expect(kept).toBeNull();
    await logOut(opened);
  });

  it('shows what the operator has locked and how far he lets one go', async () => {
    const opened = await openSettings();
    const { page } = opened;
    const sharp = page.getByRole('radio', { name: 'Keep text sharp' });
    await expect.poll(() => sharp.isDisabled(), PATIENCE).toBe(true);
    const group = page.getByRole('radiogroup', { name: 'When the network is slow' });
    await group.getByText('Set by the operator.').waitFor();
    const texts: (string | null)[] = [];
    for (const name of ['Frame rate cap', 'Bit rate cap']) {
      const slider = page.getByRole('slider', { name });
      const last = Number(await slider.getAttribute('max'));
      // The stop before "no limit" is the operator's.
      await slider.fill(String(last - 1));
      texts.push(await slider.getAttribute('aria-valuetext'));
    }
    expect(texts).toEqual(['30 fps', '2 Mbit/s']);
    await logOut(opened);
  });

  it('says what holds instead of a value that was stored and is refused', async () => {
    const opened = await openSettings({ version: 1, settings: { maxFrameRate: 120, volume: 0.5 } });
    const { page } = opened;
    const text = 'Stays at No limit: it is outside of what the operator allows.';
    await page.getByRole('region', { name: 'Picture', exact: true }).getByText(text).waitFor();
    const volume = page.getByRole('slider', { name: 'Volume' });
    expect(await volume.getAttribute('aria-valuetext')).toBe('50 %');
    await logOut(opened);
  });

  it('lets somebody who watches change what is his own only', async () => {
    const controller = await openSettings();
    const watching = await openLink(browser, await gateway.link());
    const { page } = watching;
    await page.getByText('Watching', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    const cap = page.getByRole('slider', { name: 'Bit rate cap' });
    await expect.poll(() => cap.isDisabled(), PATIENCE).toBe(true);
    await page
      .getByRole('region', { name: 'Picture', exact: true })
      .getByText('Only who has control can change this.')
      .first()
      .waitFor();
    await page.getByRole('radio', { name: 'Smooth', exact: true }).check();
    await page.getByRole('status').getByText('Latency mode: Smooth, applied.').waitFor();
    await logOut(watching);
    await logOut(controller);
  });
});
