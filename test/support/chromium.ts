import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { RungChoice } from '../../client/ladder/rungs.ts';

/** Debian's Chromium; another build can be named by CHROMIUM. */
export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/**
 * Without --mute-audio, which playwright adds, so that the sound path runs as it does for a user.
 *
 * @param env beside that of this process
 */
export async function launchChromium(
  extraArgs: readonly string[] = [],
  executable = chromiumPath,
  env: Readonly<Record<string, string>> = {},
): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    env: { ...process.env, ...env },
    ignoreDefaultArgs: ['--mute-audio'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      ...extraArgs,
    ],
  });
}

/** A page on a gateway's link, with what it said to its console. */
export interface OpenedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly console: readonly string[];
}

export interface PageOptions {
  readonly transport?: 'webtransport' | 'websocket';
  /** The rung of the ladder to play by; the best one unless given. */
  readonly rung?: RungChoice;
  /** Whether WebRTC goes through a TURN server only. */
  readonly isRelayed?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Turns the painted-pattern probe and the sound recorder on. */
  readonly probe?: boolean;
  /** Run on the empty page, before the link is opened. */
  prepare?(page: Page): Promise<unknown>;
}

/** Opens a link in a fresh browser profile. */
export async function openLink(
  browser: Browser,
  link: string,
  options: PageOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  const console: string[] = [];
  page.on('console', (message) => console.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => console.push(`pageerror: ${error.message}`));
  const url = new URL(link);
  if (options.transport !== undefined) url.searchParams.set('transport', options.transport);
  if (options.rung !== undefined) url.searchParams.set('rung', options.rung);
  if (options.isRelayed === true) url.searchParams.set('ice', 'relay');
  if (options.probe ?? true) url.searchParams.set('probe', '1');
  await options.prepare?.(page);
  await page.goto(url.href);
  return { context, page, console };
}

/** Logs the page's login out, which frees the desktop's control at once, and closes the page. */
export async function logOut({ page, context }: OpenedPage): Promise<void> {
  // A request that is being answered when the page closes is nobody's any more.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.evaluate(() => fetch('api/logout', { method: 'POST' }));
  await context.close();
}
