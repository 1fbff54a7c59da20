import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClipboardProgram } from '../../support/clipboard-program.ts';
import {
  launchChromium,
  logOut,
  openLink,
  type OpenedPage,
  type PageOptions,
} from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { TypedText } from '../../support/typed-text.ts';

/** A loaded machine. */
const PATIENCE = { timeout: 20_000, interval: 100 };

const SENTENCE = 'Ein Satz mit Grüßen, “quotes”, 日本語 and an emoji 🙂.';
/** Beyond what one request of X holds, and many parts on the wire. */
const LARGE = Array.from({ length: 12_000 }, (_, at) => `Zeile ${at}: größer → 文`).join('\n');

let directory: string;
let desktop: DesktopGateway;
let program: ClipboardProgram;
let terminal: TypedText | undefined;
let browser: Browser;
let opened: OpenedPage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oriel-clipboard-'));
  desktop = await startDesktopGateway([
    ...['--webrtc', '--no-audio', '--video-frame-rate', '15'],
    ...['--desktop-width', '800', '--desktop-height', '500'],
  ]);
  const { DISPLAY = '', XAUTHORITY } = desktop.env;
  program = await ClipboardProgram.open(DISPLAY, XAUTHORITY);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  program.close();
  await desktop.close();
  await rm(directory, { recursive: true });
});

afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  await logOut(opened);
});

/** Opens the desktop in a browser that lets the page write its clipboard, and the test read it. */
async function open(options: PageOptions): Promise<Page> {
  opened = await openLink(browser, await desktop.gateway.link(), options);
  const { page, context } = opened;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const shown = async () => (await probeOf(page).stats())?.video?.shown ?? 0;
  await expect.poll(shown, PATIENCE).toBeGreaterThan(0);
  await page.locator('oriel-status-bar .phase').getByText('Live').waitFor();
  return page;
}

/** A terminal of the desktop in which Ctrl+V pastes. */
async function openTerminal(): Promise<TypedText> {
  const resources = join(directory, 'resources');
  const paste = 'Ctrl <Key>v: insert-selection(CLIPBOARD)';
  await writeFile(resources, `XTerm*VT100.translations: #override ${paste}\n`);
  terminal = await TypedText.open({ ...desktop.env, XENVIRONMENT: resources });
  return terminal;
}

const copyHere = (page: Page, text: string): Promise<void> =>
  page.evaluate((given) => navigator.clipboard.writeText(given), text);

const copiedHere = (page: Page): Promise<string> =>
  page.evaluate(() => navigator.clipboard.readText());

/** Copied text can be large: a failure is not to print it. */
const isHere = async (page: Page, text: string): Promise<boolean> =>
  (await copiedHere(page)) === text;

const ways: readonly (readonly [string, PageOptions])[] = [
  ['WebTransport', { transport: 'webtransport' }],
  ['WebSocket', { transport: 'websocket' }],
  ['WebRTC', { rung: 'webRtc' }],
];

describe.each(ways)('over %s', (_name, options) => {
  it('pastes a sentence into a terminal, copies one from the desktop, and carries large texts both ways', async () => {
    const typed = await openTerminal();
    const page = await open(options);
    await page.mouse.click(200, 200);
    await copyHere(page, SENTENCE);
    await page.keyboard.press('Control+v');
    await typed.expect(SENTENCE);
    await program.copy(`copied: ${SENTENCE}`);
    await expect.poll(() => copiedHere(page), PATIENCE).toBe(`copied: ${SENTENCE}`);
    expect(Buffer.byteLength(LARGE)).toBeGreaterThan(300_000);
    await program.copy(LARGE, { type: 'pieces', pieceBytes: 50_000 });
    await expect.poll(() => isHere(page, LARGE), PATIENCE).toBe(true);
    const other = `${LARGE}\nand back`;
    await copyHere(page, other);
    await page.keyboard.press('Control+v');
    await expect.poll(async () => (await program.paste()) === other, PATIENCE).toBe(true);
  });
});

/** The desktop's text as the settings show it. */
async function shownText(page: Page): Promise<string> {
  await page.keyboard.press('Control+Alt+Shift');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const field = page.getByLabel('The desktop’s clipboard');
  await expect.poll(() => field.inputValue(), PATIENCE).not.toBe('');
  const text = await field.inputValue();
  await page.keyboard.press('Escape');
  return text;
}

describe('a session', () => {
  it('keeps the clipboard when it moves to another transport and when its page is loaded again', async () => {
    const page = await open({ transport: 'webtransport' });
    await page.mouse.click(200, 200);
    await program.copy('before the move');
    await expect.poll(() => copiedHere(page), PATIENCE).toBe('before the move');
    await copyHere(page, 'mine');
    expect(await probeOf(page).chooseTransport('websocket')).toBe(true);
    await program.copy('after the move');
    await expect.poll(() => copiedHere(page), PATIENCE).toBe('after the move');
    await copyHere(page, 'mine as well');
    await page.keyboard.press('Control+v');
    await expect.poll(() => program.paste(), PATIENCE).toBe('mine as well');
    await page.reload();
    await page.locator('oriel-status-bar .phase').getByText('Live').waitFor();
    expect(await shownText(page)).toBe('mine as well');
  });

  it('gives nothing to somebody who watches', async () => {
    const page = await open({ transport: 'websocket' });
    const frames: string[] = [];
    const watching = await openLink(browser, await desktop.gateway.link(), {
      prepare: (other) => {
        other.on('websocket', (socket) =>
          socket.on('framereceived', ({ payload }) => frames.push(payload.toString('latin1'))),
        );
        return Promise.resolve();
      },
      transport: 'websocket',
    });
    await watching.page.locator('oriel-status-bar .phase').getByText('Watching').waitFor();
    await page.mouse.click(200, 200);
    await program.copy('only for one');
    await expect.poll(() => copiedHere(page), PATIENCE).toBe('only for one');
    const { length } = frames;
    await expect.poll(() => frames.length, PATIENCE).toBeGreaterThan(length + 5);
    expect(frames.some((frame) => frame.includes('only for one'))).toBe(false);
    await logOut(watching);
  });

  it('lets the user read the desktop’s clipboard and send to it in the settings', async () => {
    const page = await open({ transport: 'websocket' });
    await page.mouse.click(200, 200);
    await program.copy('to be read');
    await expect.poll(() => shownText(page), PATIENCE).toBe('to be read');
    await page.keyboard.press('Control+Alt+Shift');
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByLabel('The desktop’s clipboard').fill('written by hand');
    await page.getByRole('button', { name: 'Send to the desktop' }).click();
    await expect.poll(() => program.paste(), PATIENCE).toBe('written by hand');
  });
});
