/** The compare sheet in Chromium, with a scripted player: every control by keyboard and by name, and nothing beyond the edge of a phone. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HarnessServer } from './harness-page.ts';
import { startHarness } from './harness-page.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

/** More controls than any page of the sheet has. */
const MAX_TABS = 40;

let harness: HarnessServer;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(async () => {
  await harness.close();
});

async function openSheet(page: Page): Promise<Locator> {
  await page.evaluate(async () => {
    window.harness.session = 'open';
    await window.harness.app.enter(undefined);
    await window.harness.app.updateComplete;
    const player = window.harness.players.at(-1);
    const desktop = { width: 1280, height: 720 };
    const role = 'controller' as const;
    player?.state({ phase: 'live', transport: 'webtransport', role, mayControl: true, desktop });
    player?.stream({});
  });
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Compare settings…' }).click();
  const sheet = page.getByRole('dialog', { name: 'Compare' });
  await sheet.waitFor();
  return sheet;
}

/** The focused element through all shadow roots: its name for assistive technology, or its text; `tag.class` of one without. */
const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element: Element | null | undefined = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    // Behind the last control of a modal dialog the browser's own come.
    if (element === document.body) return '(browser)';
    const labels =
      element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : '';
    const name =
      element?.getAttribute('aria-label') ?? (labels === '' ? element?.textContent : labels);
    const text = (name ?? '').replace(/\s+/g, ' ').trim();
    return text === '' ? `unnamed ${element?.tagName ?? ''} ${element?.className ?? ''}` : text;
  });

/** Names of what Tab leads to, up to the first one that comes again. */
async function tabbed(page: Page): Promise<readonly string[]> {
  const names: string[] = [];
  for (let step = 0; step < MAX_TABS; step += 1) {
    await page.keyboard.press('Tab');
    const name = await focusedName(page);
    if (names[0] === name && names.length > 1) break;
    names.push(name);
  }
  return names;
}

/** What reaches beyond the sheet's right edge, through all shadow roots. */
const beyondEdge = (sheet: Locator): Promise<readonly string[]> =>
  sheet.evaluate((dialog) => {
    const found: string[] = [];
    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        const isScrolled = element.closest('.scroll') !== null;
        if (!isScrolled && element.getBoundingClientRect().right > innerWidth + 0.5) {
          found.push(`${element.tagName} ${element.className}`);
        }
        if (element.shadowRoot !== null) look(element.shadowRoot);
      }
    };
    look(dialog);
    return found;
  });

describe('the compare sheet on a phone', () => {
  test.each([
    [
      'Compare settings',
      ['Seconds per run', 'Rounds', 'Start', 'Smooth', 'WebSocket', 'Video element'],
    ],
    ['Click to photon', ['Start']],
  ] as const)('%s: every control is reached by Tab and has a name', async (tab, wanted) => {
    const { page, problems } = await harness.open(PHONE);
    const sheet = await openSheet(page);
    await sheet.getByRole('tab', { name: tab }).click();
    const names = await tabbed(page);
    for (const name of wanted) {
      expect(names.some((each) => each.endsWith(name))).toBe(true);
    }
    expect(names.filter((name) => name.startsWith('unnamed'))).toEqual([]);
    expect(await beyondEdge(sheet)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('candidates are chosen by the keyboard alone', async () => {
    const { page } = await harness.open(PHONE);
    const sheet = await openSheet(page);
    const movie = sheet.getByRole('button', { name: 'Movie' });
    for (let step = 0; step < MAX_TABS; step += 1) {
      if ((await focusedName(page)).endsWith('Movie')) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    expect(await movie.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await movie.getAttribute('aria-pressed')).toBe('false');
    await page.context().close();
  });
});
