/** Click to photon, from the page's button to the figures, against the window that a user would start. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, logOut, openLink, type OpenedPage } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { waitUntil } from '../../support/wait.ts';

const program = fileURLToPath(new URL('../../../server/desktop/photon-target.ts', import.meta.url));

let desktop: DesktopGateway;
let browser: Browser;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio']);
  browser = await launchChromium();
  opened = await openLink(browser, await desktop.gateway.link());
  page = opened.page;
  const shown = async () => (await probeOf(page).stats())?.video?.shown ?? 0;
  await waitUntil(async () => (await shown()) > 0, 30_000);
});

afterAll(async () => {
  await logOut(opened);
  await browser.close();
  await desktop.close();
});

async function startTarget(): Promise<ChildProcess> {
  const target = spawn(process.execPath, [program], {
    env: { ...process.env, ...desktop.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: target.stdout }), 'line')) as [string];
  expect(line).toMatch(/^ready/);
  return target;
}

async function openPhoton(): Promise<Locator> {
  await page.keyboard.press('Control+Alt+Shift');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Compare settings…' }).click();
  const sheet = page.getByRole('dialog', { name: 'Compare' });
  await sheet.getByRole('tab', { name: 'Click to photon' }).click();
  return sheet;
}

/** p50, p95 and p99 of a row, ms. */
async function figuresOf(sheet: Locator, row: string): Promise<readonly number[]> {
  const cells = await sheet.locator(`tr[data-row=${row}] td`).allTextContents();
  return cells.map((cell) => Number(cell.replace(' ms', '')));
}

describe('click to photon', () => {
  let sheet: Locator;

  it('says how to start the window when it is not there', async () => {
    sheet = await openPhoton();
    await sheet.getByRole('button', { name: 'Start' }).click();
    await sheet.getByText('npm run photon').waitFor({ timeout: 15_000 });
  });

  it.each(['Mouse clicks', 'Key presses'])('measures %s', async (kind) => {
    const target = await startTarget();
    await sheet.getByLabel(kind).check();
    await sheet.getByRole('button', { name: 'Start' }).click();
    await sheet.getByRole('table').waitFor({ timeout: 55_000 });
    const [total = [], answer = [], picture = []] = await Promise.all(
      ['total', 'answer', 'picture'].map((row) => figuresOf(sheet, row)),
    );
    const found = JSON.stringify({ kind, total, answer, picture });
    for (const figures of [total, answer, picture]) {
      expect(figures, found).toHaveLength(3);
      expect(
        [...figures].sort((a, b) => a - b),
        found,
      ).toEqual(figures);
    }
    // A press cannot be seen before it was sent; and what takes a second is no answer to it.
    expect(answer[0], found).toBeGreaterThan(0);
    expect(picture[0], found).toBeGreaterThan(0);
    expect(total[0], found).toBeLessThan(1_000);
    expect(await sheet.locator('.kind').textContent()).toMatch(/^\s*(5\d|60) presses/);
    globalThis.console.log(found);
    target.kill('SIGTERM');
    await once(target, 'exit');
  });

  it('reports no error on the console', () => {
    expect(opened.console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
  });
});
