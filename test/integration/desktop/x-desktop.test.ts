import { describe, expect, test, vi } from 'vitest';
import type { CursorImage } from '../../../server/desktop/cursor.ts';
import { XConnection } from '../../../server/desktop/x-connection.ts';
import { openXDesktop } from '../../../server/desktop/x-desktop.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { TypedText } from '../../support/typed-text.ts';
import { startXServer } from '../../support/x-server.ts';

/** How long the display may take to answer, in ms, on a loaded machine. */
const TIMEOUT = { timeout: 10_000 };

describe('an X display', () => {
  test('tells the pointer over a terminal from the one over the root', async () => {
    const server = await startXServer();
    const cursors: CursorImage[] = [];
    const desktop = await openXDesktop({
      display: server.display,
      logger: silentLogger,
      onState: () => undefined,
      onCursor: (image) => cursors.push(image),
    });
    desktop.input.apply({ type: 'pointerAbsolute', x: 790, y: 590 });
    await vi.waitFor(() => expect(cursors).toHaveLength(1), TIMEOUT);
    const terminal = await TypedText.open({ DISPLAY: server.display });
    desktop.input.apply({ type: 'pointerAbsolute', x: 100, y: 100 });
    await vi.waitFor(() => expect(cursors).toHaveLength(2), TIMEOUT);
    expect(cursors[1]).toEqual(desktop.cursor);
    expect(cursors[1]?.rgba).not.toEqual(cursors[0]?.rgba);
    for (const { width, height, rgba } of cursors) expect(rgba).toHaveLength(width * height * 4);
    await terminal.close();
    await desktop.close();
    await server.close();
  });

  test('is noticed when it dies, and found again', async () => {
    const server = await startXServer();
    const states: string[] = [];
    const desktop = await openXDesktop({
      display: server.display,
      logger: silentLogger,
      onState: ({ type }) => states.push(type),
      onCursor: () => undefined,
    });
    expect(desktop.input.size).toEqual({ width: 800, height: 600 });
    server.process.kill('SIGKILL');
    await vi.waitFor(() => expect(states).toContain('lost'), TIMEOUT);
    const second = await server.restart();
    await vi.waitFor(() => expect(states.at(-1)).toBe('connected'), TIMEOUT);
    await desktop.close();
    expect(states.at(-1)).toBe('closed');
    await second.close();
  });

  test('requests under way fail when it dies', async () => {
    const server = await startXServer();
    const connection = await XConnection.open({ display: server.display });
    server.process.kill('SIGSTOP');
    const answer = connection.sync();
    server.process.kill('SIGKILL');
    await expect(answer).rejects.toThrow(/X server/);
    await expect(connection.closed).resolves.toMatch(/X server/);
    expect(connection.isOpen).toBe(false);
    await server.close();
  });

  test('is refused in words when there is none', async () => {
    await expect(XConnection.open({ display: ':4242' })).rejects.toThrow(/display :4242/);
    await expect(XConnection.open({ display: 'nonsense' })).rejects.toThrow(/display: expected/);
  });
});
