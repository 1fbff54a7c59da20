import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  openXClipboard,
  type CopiedText,
  type XClipboard,
  type XClipboardOptions,
} from '../../../server/desktop/x-clipboard.ts';
import { ClipboardProgram } from '../../support/clipboard-program.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { startXServer, type TestXServer } from '../../support/x-server.ts';

const MAX_BYTES = 1_048_576;

/** How long anything may take, ms, on a loaded machine. */
const PATIENCE = { timeout: 15_000 };

/** More than one request of X holds, in characters of several bytes. */
const LARGE = Array.from({ length: 30_000 }, (_, at) => `línea ${at} → 文\n`).join('');

let server: TestXServer;
let program: ClipboardProgram;
let clipboard: XClipboard;
let copied: CopiedText[];

beforeEach(async () => {
  server = await startXServer();
  program = await ClipboardProgram.open(server.display);
  copied = [];
});

afterEach(async () => {
  clipboard.close();
  program.close();
  await server.close();
});

/** Serves the display, and waits until it does. */
async function serve(options: Partial<XClipboardOptions> = {}): Promise<void> {
  clipboard = openXClipboard({
    ...{ display: server.display, withPrimary: false, isRead: true, maxBytes: MAX_BYTES },
    logger: silentLogger,
    onCopied: (text) => copied.push(text),
    ...options,
  });
  await expect.poll(() => clipboard.put('at first'), PATIENCE).toBe(true);
}

const texts = (): readonly unknown[] =>
  copied.map((one) => (one.type === 'text' ? one.text : one.type));

describe('from the desktop', () => {
  test('what a program copies is read', async () => {
    await serve();
    await program.copy('Grüße, 世界\n');
    await expect.poll(texts, PATIENCE).toEqual(['Grüße, 世界\n']);
  });

  test('more than a request holds comes in pieces', async () => {
    await serve();
    expect(Buffer.byteLength(LARGE)).toBeGreaterThan(400_000);
    await program.copy(LARGE, { type: 'pieces', pieceBytes: 60_000 });
    await expect.poll(texts, PATIENCE).toEqual([LARGE]);
  });

  test('more than is carried is told, and not kept', async () => {
    await serve();
    const text = 'x'.repeat(MAX_BYTES + 1);
    await program.copy(text, { type: 'pieces', pieceBytes: 65_536 });
    await expect.poll(() => copied, PATIENCE).toEqual([{ type: 'tooLarge', bytes: text.length }]);
  });

  test('a program that never ends is left alone', async () => {
    await serve();
    await program.copy('x'.repeat(65_536), { type: 'endless' });
    await expect.poll(texts, PATIENCE).toEqual(['tooLarge']);
    await program.copy('at last');
    await expect.poll(texts, PATIENCE).toEqual(['tooLarge', 'at last']);
  });

  test('a program that never answers, and one without text, stop nobody', async () => {
    await serve();
    await program.copy('', { type: 'silent' });
    const other = await ClipboardProgram.open(server.display);
    await other.copy('', { type: 'image' });
    await program.copy('at last');
    await expect.poll(texts, PATIENCE).toEqual(['at last']);
    other.close();
  });

  test('what had been copied before is read', async () => {
    await program.copy('early');
    clipboard = openXClipboard({
      ...{ display: server.display, withPrimary: false, isRead: true, maxBytes: MAX_BYTES },
      logger: silentLogger,
      onCopied: (text) => copied.push(text),
    });
    await expect.poll(texts, PATIENCE).toEqual(['early']);
  });

  test('what the mouse selects counts where that is wanted', async () => {
    await serve({ withPrimary: true });
    await program.select('selected');
    await expect.poll(texts, PATIENCE).toEqual(['selected']);
  });

  test('nobody is asked where reading is closed', async () => {
    await serve({ isRead: false });
    await program.copy('private');
    expect(await program.paste()).toBe('private');
    await clipboard.put('from outside');
    expect(await program.paste()).toBe('from outside');
    expect(copied).toEqual([]);
  });
});

describe('to the desktop', () => {
  test('programs paste what was put, once it is said to be there', async () => {
    await serve();
    expect(await clipboard.put('ein Satz — “日本”')).toBe(true);
    expect(await program.paste()).toBe('ein Satz — “日本”');
    expect(copied).toEqual([]);
  });

  test('as Latin-1 where that can say it', async () => {
    await serve();
    await clipboard.put('Grüße');
    expect(await program.paste('STRING')).toBe('Grüße');
    await clipboard.put('日本');
    expect(await program.paste('STRING')).toBeUndefined();
  });

  test('more than a request holds in pieces, to several programs at once', async () => {
    await serve();
    await clipboard.put(LARGE);
    const other = await ClipboardProgram.open(server.display);
    const pasted = await Promise.all([program.paste(), other.paste()]);
    expect(pasted.map((text) => text === LARGE)).toEqual([true, true]);
    other.close();
  });

  test('a text survives the program that had it, and the X server', async () => {
    await serve();
    const other = await ClipboardProgram.open(server.display);
    await other.copy('inherited');
    await expect.poll(texts, PATIENCE).toEqual(['inherited']);
    other.close();
    await expect.poll(() => program.paste(), PATIENCE).toBe('inherited');
    server.process.kill('SIGKILL');
    server = await server.restart();
    program = await ClipboardProgram.open(server.display);
    await expect.poll(() => program.paste(), PATIENCE).toBe('inherited');
  });
});
