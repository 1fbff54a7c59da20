import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { WebSocket } from 'ws';
import type { OpenedPage } from '../support/chromium.ts';
import { probeOf } from '../support/probe.ts';
import { waitUntil } from '../support/wait.ts';
import { PASSWORD } from './desktop-container.ts';

/** How long a picture may take, in ms, on a loaded machine. */
const PICTURE_TIMEOUT_MS = 30_000;

/** Waits until a page shows something. */
export const pictureOn = (page: Page): Promise<void> =>
  waitUntil(async () => ((await probeOf(page).stats())?.video?.shown ?? 0) > 0, PICTURE_TIMEOUT_MS);

/** Waits until a page shows the painted pattern. */
export const patternOn = (page: Page): Promise<void> =>
  waitUntil(async () => (await probeOf(page).framesRead()) > 0, PICTURE_TIMEOUT_MS);

/**
 * Does harm to something that a page needs, and waits until the page, untouched, shows a picture that was painted after it. The desktop
 * has a painter that outlives its X server.
 *
 * @param kill ends when what is killed is dead; whoever starts it again is not waited for
 * @returns milliseconds from the harm until that picture was shown
 */
export async function pictureBackAfter(page: Page, kill: () => unknown): Promise<number> {
  await patternOn(page);
  await kill();
  const harmedAtMs = performance.timeOrigin + performance.now();
  let backAtMs: number | undefined;
  await waitUntil(async () => {
    const pattern = await probeOf(page).pattern();
    const isNew = (shownAtMs: number, at: number): boolean =>
      shownAtMs - (pattern?.latenciesMs[at] ?? Infinity) > harmedAtMs;
    backAtMs = pattern?.shownAtMs.find(isNew);
    return backAtMs !== undefined;
  }, PICTURE_TIMEOUT_MS);
  return (backAtMs ?? Number.NaN) - harmedAtMs;
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

/** Connects once more with a page's login, and never reads what comes: also not that the gateway closes the connection. */
export async function connectSilently(
  { context }: Pick<OpenedPage, 'context'>,
  origin: string,
): Promise<WebSocket> {
  const answer = await context.request.post(`${origin}/api/ticket`, {
    data: {},
    headers: { origin },
  });
  const { tickets } = (await answer.json()) as { readonly tickets: { readonly webSocket: string } };
  const cookies = await context.cookies(origin);
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}/dtf/1`,
    ['dtf.1', `ticket.${tickets.webSocket}`],
    {
      headers: { origin, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
      rejectUnauthorized: false,
    },
  );
  socket.on('error', () => undefined);
  await once(socket, 'open');
  socket.pause();
  return socket;
}
