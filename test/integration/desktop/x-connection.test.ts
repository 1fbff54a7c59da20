import { expect, test } from 'vitest';
import { XConnection } from '../../../server/desktop/x-connection.ts';
import type { XError } from '../../../server/desktop/x11.ts';
import { startXServer } from '../../support/x-server.ts';

/** Code of BadWindow (X Window System Protocol, section 4). */
const BAD_WINDOW = 3;

test('a request that the X server refuses is told, and the connection goes on', async () => {
  const server = await startXServer();
  const errors: XError[] = [];
  const connection = await XConnection.open({
    display: server.display,
    onError: (error) => errors.push(error),
  });
  try {
    for (const window of [1, 2]) {
      connection.client.DestroyWindow(window);
      await connection.sync();
    }
    expect(errors.map(({ error, badParam }) => [error, badParam])).toEqual([
      [BAD_WINDOW, 1],
      [BAD_WINDOW, 2],
    ]);
    expect(connection.isOpen).toBe(true);
  } finally {
    connection.close();
    await server.close();
  }
});

test('a connection ends with its X server, and says so', async () => {
  const server = await startXServer();
  const connection = await XConnection.open({ display: server.display });
  await server.close();
  expect(await connection.closed).toMatch(/X server/);
  expect(connection.isOpen).toBe(false);
  await expect(connection.sync()).rejects.toThrow(/X server/);
});
