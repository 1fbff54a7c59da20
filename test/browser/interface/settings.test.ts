/** The settings panel in Chromium, with a scripted player: found, heard, used by keyboard, kept, refused and locked. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SETTINGS_KEY } from '../../../client/settings/settings-store.ts';
import type { UserChange } from '../../../client/settings/user-settings.ts';
import type { Refused, StreamFacts } from '../../../protocol/control/stream.ts';
import { streamRanges } from '../../../protocol/stream-settings.ts';
import type { HarnessServer } from './harness-page.ts';
import { startHarness } from './harness-page.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

let harness: HarnessServer;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(async () => {
  await harness.close();
});

/** Goes live on a gateway that says `facts`, and opens the settings. */
async function openSettings(page: Page, facts: Partial<StreamFacts> = {}): Promise<void> {
  await page.evaluate(async (stream) => {
    window.harness.session = 'open';
    await window.harness.app.enter(undefined);
    await window.harness.app.updateComplete;
    const player = window.harness.players.at(-1);
    const desktop = { width: 1280, height: 720 };
    const role = 'controller' as const;
    player?.state({ phase: 'live', transport: 'webtransport', role, mayControl: true, desktop });
    player?.stream(stream);
  }, facts);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('dialog', { name: 'Settings' }).waitFor();
}

const refuse = (page: Page, refused: Refused): Promise<void> =>
  page.evaluate((refusals) => {
    const player = window.harness.players.at(-1);
    if (player !== undefined) player.refusals = refusals;
  }, refused);

/** What was asked of the player, all together; the last word on each setting counts. */
const asked = (page: Page): Promise<UserChange> =>
  page.evaluate(() => {
    const changes = window.harness.players.at(-1)?.changes ?? [];
    return changes.reduce<UserChange>((all, change) => ({ ...all, ...change }), {});
  });

const stored = (page: Page): Promise<unknown> =>
  page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? 'null') as unknown, SETTINGS_KEY);

describe('names', () => {
  test('every control is found by its role and name, with what is said of it', async () => {
    const { page, problems } = await harness.open();
    await openSettings(page);
    await page.getByRole('radio', { name: 'Custom' }).check();
    for (const name of [
      'Latency',
      'Picture',
      'Sound',
      'Connection',
      'Mouse and keyboard',
      'Clipboard',
      'Share',
    ]) {
      expect(await page.getByRole('region', { name, exact: true }).count(), name).toBe(1);
    }
    const groups = ['Latency mode', 'When the network is slow', 'Packet length', 'Transport'];
    for (const name of groups)
      expect(await page.getByRole('radiogroup', { name }).count(), name).toBe(1);
    for (const name of ['Codec', 'Drawn by', 'Presentation'])
      expect(await page.getByRole('combobox', { name }).count(), name).toBe(1);
    const sliders = await page.getByRole('slider').evaluateAll((elements) =>
      elements.map((element) => {
        const { labels } = element as HTMLInputElement;
        return `${labels?.[0]?.textContent.trim()}: ${element.getAttribute('aria-valuetext')}`;
      }),
    );
    expect(sliders).toEqual([
      'Delay target: 20 ms',
      'Picture budget: 150 ms',
      'Sound budget: 120 ms',
      'Sound buffer: 40 ms',
      'Sound buffer cap: 120 ms',
      'Picture hold: 0 ms',
      'Bit rate cap: No limit',
      'Frame rate cap: No limit',
      'Resolution: Automatic',
      'Volume: 100 %',
      'Sound bit rate: Automatic',
      'Sound buffer: 40 ms',
    ]);
    expect(await page.getByRole('switch', { name: 'Mute' }).count()).toBe(1);
    const movie = page.getByRole('radio', { name: 'Movie' });
    const describedBy = await movie.getAttribute('aria-describedby');
    expect(await page.locator(`#${describedBy}`).textContent()).toMatch(/in step/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('nothing lies beyond the edge of a phone, with the custom mode open', async () => {
    const { page, problems } = await harness.open(PHONE);
    await openSettings(page);
    await page.getByRole('radio', { name: 'Custom' }).check();
    await page.getByRole('slider', { name: 'Picture hold' }).waitFor();
    const sizes = await page.locator('oriel-settings-panel .sections').evaluate((element) => ({
      sheet: [element.scrollWidth - element.clientWidth, innerWidth],
      page: document.documentElement.scrollWidth,
      outside: [...element.querySelectorAll('section > *')].flatMap((host) =>
        [...(host.shadowRoot?.querySelectorAll('*') ?? [])]
          .filter((inner) => inner.getBoundingClientRect().right > innerWidth + 0.5)
          .map(({ className }) => className),
      ),
    }));
    expect(sizes).toEqual({ sheet: [0, 360], page: 360, outside: [] });
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe('by keyboard alone', () => {
  test('settings are reached, changed at once and left', async () => {
    const { page } = await harness.open();
    await openSettings(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Alt+Shift');
    // Mute, statistics, fullscreen, settings.
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await tabTo(page, 'Balanced');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => asked(page)).toMatchObject({ mode: 'smooth' });
    await tabTo(page, 'Frame rate cap');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => asked(page)).toMatchObject({ maxFrameRate: 144 });
    await tabTo(page, 'Mute');
    await page.keyboard.press('Space');
    await expect.poll(() => asked(page)).toMatchObject({ muted: true });
    await page.getByRole('status').getByText('Mute: On, applied.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'hidden' });
    await page.context().close();
  });

  /** Presses Tab until the control of this name has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let step = 0; step < 40; step += 1) {
      const focused = await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        const labels = element instanceof HTMLInputElement ? element.labels : null;
        return element?.getAttribute('aria-label') ?? labels?.[0]?.textContent.trim() ?? '';
      });
      if (focused === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`focus: expected ${name} within 40 steps`);
  }
});

describe('what becomes of a choice', () => {
  test('a slider that is pulled asks once it rests, and says when it is applied', async () => {
    const { page } = await harness.open();
    await openSettings(page);
    const slider = page.getByRole('slider', { name: 'Volume' });
    await slider.evaluate((element) => {
      for (let position = 19; position >= 8; position -= 1) {
        (element as HTMLInputElement).value = String(position);
        element.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    expect(await slider.getAttribute('aria-valuetext')).toBe('40 %');
    await page.getByRole('status').getByText('Volume: 40 %, applied.').waitFor();
    const changes = await page.evaluate(() => window.harness.players.at(-1)?.changes);
    expect(changes).toEqual([{ volume: 0.4 }]);
    await page.context().close();
  });

  test('what is refused stays as it was, with the reason, and is not kept', async () => {
    const { page } = await harness.open();
    await openSettings(page);
    await refuse(page, { codec: 'unavailable' });
    await page.getByRole('combobox', { name: 'Codec' }).selectOption('VP9');
    const text = 'Stays at Automatic: the server or this browser cannot do it.';
    await page.getByRole('region', { name: 'Picture', exact: true }).getByText(text).waitFor();
    await page.getByRole('status').getByText(`Codec ${text}`).waitFor();
    expect(await page.getByRole('combobox', { name: 'Codec' }).inputValue()).toBe('auto');
    expect(await stored(page)).toBeNull();
    await page.context().close();
  });

  test('what the operator has locked cannot be changed, and ranges are his', async () => {
    const { page } = await harness.open();
    const ranges = { ...streamRanges, maxFrameRate: { least: 10, most: 30 } };
    await openSettings(page, { policy: { locked: ['codec', 'mode'], ranges } });
    const codec = page.getByRole('combobox', { name: 'Codec' });
    expect(await codec.isDisabled()).toBe(true);
    expect(await codec.getAttribute('aria-describedby')).toBe('codec-note');
    expect(await page.locator('#codec-note').textContent()).toMatch(/Set by the operator\./);
    expect(await page.getByRole('radio', { name: 'Movie' }).isDisabled()).toBe(true);
    const rate = page.getByRole('slider', { name: 'Frame rate cap' });
    const texts: (string | null)[] = [];
    for (const position of ['0', '4', '5']) {
      await rate.fill(position);
      texts.push(await rate.getAttribute('aria-valuetext'));
    }
    expect(texts).toEqual(['10 fps', '30 fps', 'No limit']);
    await page.context().close();
  });

  test('a viewer changes what is his own only', async () => {
    const { page } = await harness.open();
    await openSettings(page, { controls: false });
    const names = ['Bit rate cap', 'Volume'];
    const states = names.map((name) => page.getByRole('slider', { name }).isDisabled());
    expect(await Promise.all(states)).toEqual([true, false]);
    const note = page.locator('#maxBitrateKbps-note');
    expect(await note.textContent()).toMatch(/Only who has control can change this\./);
    expect(await page.getByRole('radio', { name: 'Movie' }).isDisabled()).toBe(false);
    await page.context().close();
  });
});

describe('kept in this browser', () => {
  test('settings come back after a reload, and go with "Reset"', async () => {
    const { page } = await harness.open();
    await openSettings(page);
    await page.getByRole('radio', { name: 'Movie' }).check();
    await page.getByRole('slider', { name: 'Volume' }).fill('10');
    await expect
      .poll(() => stored(page))
      .toEqual({
        version: 1,
        settings: { mode: 'movie', volume: 0.5 },
      });
    await page.reload();
    await page.waitForFunction(() => 'harness' in window);
    await openSettings(page, {});
    const given = await page.evaluate(() => window.harness.players.at(-1)?.options.settings);
    expect(given).toEqual({ mode: 'movie', volume: 0.5 });

    await page.getByRole('button', { name: 'Reset Sound to defaults' }).click();
    await expect.poll(() => asked(page)).toEqual({ volume: 1 });
    expect(await stored(page)).toEqual({ version: 1, settings: { mode: 'movie' } });
    await page.context().close();
  });

  test('a choice in the panel is stronger than the address from then on', async () => {
    const { page } = await harness.open();
    await page.goto(`${harness.address}?mode=movie&transport=websocket`);
    await page.waitForFunction(() => 'harness' in window);
    await openSettings(page);
    await page.getByRole('radio', { name: 'Instant' }).check();
    await expect.poll(() => new URL(page.url()).search).toBe('?transport=websocket');
    await page.context().close();
  });

  test('a custom mode begins as the mode before it, and is remembered', async () => {
    const { page } = await harness.open();
    await openSettings(page);
    await page.getByRole('radio', { name: 'Movie' }).check();
    await page.getByRole('radio', { name: 'Custom' }).check();
    await expect
      .poll(() => asked(page))
      .toMatchObject({
        mode: 'custom',
        custom: { delayTargetMs: 60, videoBudgetMs: 1_000, audioBudgetMs: 600 },
        audioBufferMs: 200,
        presentation: 'synchronized',
      });
    await page.getByRole('slider', { name: 'Delay target' }).press('ArrowRight');
    await expect.poll(() => asked(page)).toMatchObject({ custom: { delayTargetMs: 80 } });
    await page.getByRole('radio', { name: 'Instant' }).check();
    await page.getByRole('radio', { name: 'Custom' }).check();
    const target = page.getByRole('slider', { name: 'Delay target' });
    await expect.poll(() => target.getAttribute('aria-valuetext')).toBe('80 ms');
    await page.context().close();
  });
});
