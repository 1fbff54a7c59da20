import type { Browser, Page } from 'playwright-core';
import type { OpenedPage } from '../support/chromium.ts';
import { probeOf } from '../support/probe.ts';
import { waitUntil } from '../support/wait.ts';
import { PASSWORD } from './desktop-container.ts';

/** How long a picture may take, in ms, on a loaded machine. */
const PICTURE_TIMEOUT_MS = 30_000;

/** How many pictures a page has shown; 0 while it shows none. */
export const shownBy = async (page: Page): Promise<number> =>
  (await probeOf(page).stats())?.video?.shown ?? 0;

/** Waits until a page shows something. */
export const pictureOn = (page: Page): Promise<void> =>
  waitUntil(async () => (await shownBy(page)) > 0, PICTURE_TIMEOUT_MS);

/**
 * Kills something that a page needs, and waits until the page, untouched, shows a picture again.
 *
 * @param kill ends when what was killed has been replaced: pictures that were on their way before are none of the new ones
 * @returns how long it took, in ms, the killing included
 */
export async function pictureBackAfter(page: Page, kill: () => Promise<unknown>): Promise<number> {
  await pictureOn(page);
  await page.mouse.click(640, 400);
  const begin = performance.now();
  await kill();
  const before = await shownBy(page);
  // A new connection counts from 0. What is typed changes the screen: one that stands still needs no pictures.
  await waitUntil(async () => {
    await page.keyboard.press('a');
    const count = await shownBy(page);
    return count > 0 && count !== before;
  }, PICTURE_TIMEOUT_MS);
  return performance.now() - begin;
}

export interface DesktopPageOptions {
  readonly transport: 'webtransport' | 'websocket';
  readonly password?: string;
}

/** Logs in with the password and opens the page, in a fresh profile, whatever certificate the gateway has. */
export async function openDesktop(
  browser: Browser,
  origin: string,
  { transport, password = PASSWORD }: DesktopPageOptions,
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ignoreHTTPSErrors: true,
  });
  const login = await context.request.post(`${origin}/api/login`, {
    data: { password },
    headers: { origin },
  });
  if (!login.ok()) throw new Error(`the login was refused: ${await login.text()}`);
  const page = await context.newPage();
  const console: string[] = [];
  page.on('console', (message) => console.push(`${message.type()}: ${message.text()}`));
  await page.goto(`${origin}/?probe=1&transport=${transport}`);
  return { context, page, console };
}
