import { describe, expect, test, vi } from 'vitest';
import type { CursorImage } from '../../../server/desktop/cursor.ts';
import { XConnection } from '../../../server/desktop/x-connection.ts';
import { openXDesktop } from '../../../server/desktop/x-desktop.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { TypedText } from '../../support/typed-text.ts';
import { startXServer } from '../../support/x-server.ts';
import { XPainter } from '../../support/x-painter.ts';

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
      onChange: () => undefined,
      onBlind: () => undefined,
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

  test('tells of changes: the first at once, a busy screen some 40 times a second, a still one never', async () => {
    const server = await startXServer();
    const changes: number[] = [];
    const desktop = await openXDesktop({
      display: server.display,
      logger: silentLogger,
      onState: () => undefined,
      onCursor: () => undefined,
      onChange: () => changes.push(performance.now()),
      onBlind: () => undefined,
    });
    const painter = await XPainter.open({ DISPLAY: server.display });
    const quiet = () => vi.waitFor(() => expect(since()).toBeGreaterThan(300), TIMEOUT);
    const since = () => performance.now() - (changes.at(-1) ?? Infinity);
    await quiet();
    const from = changes.length;
    const begun = performance.now();
    let painted = 0;
    while (performance.now() - begun < 500) {
      painted += 1;
      await painter.fill(painted & 0xff, [[painted % 700, 10, 20, 20]]);
    }
    const told = changes.length - from;
    expect(painted).toBeGreaterThan(100);
    expect(told).toBeGreaterThan(5);
    // Two calls in each 50 ms.
    expect(told).toBeLessThan(((performance.now() - begun) / 50) * 2 + 4);
    const last = performance.now();
    await quiet();
    // The last call comes after the last change, so that nobody stops looking too early.
    expect(changes.at(-1)).toBeGreaterThan(last - 50);
    painter.close();
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
      onChange: () => states.push('changed'),
      onBlind: () => states.push('blind'),
    });
    expect(desktop.input.size).toEqual({ width: 800, height: 600 });
    server.process.kill('SIGKILL');
    await vi.waitFor(() => expect(states).toContain('lost'), TIMEOUT);
    expect(states).toContain('blind');
    const second = await server.restart();
    await vi.waitFor(
      () => expect(states.lastIndexOf('connected')).toBeGreaterThan(states.indexOf('lost')),
      TIMEOUT,
    );
    await vi.waitFor(
      () => expect(states.lastIndexOf('changed')).toBeGreaterThan(states.indexOf('blind')),
      TIMEOUT,
    );
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
