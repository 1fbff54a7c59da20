import { expect, test } from 'vitest';
import { Gateway } from '../../support/gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';

/** A loaded machine, and the limits are looked at once a second. */
const SEEN = { timeout: 15_000, interval: 20 };

/** Session codes OK and SHUTDOWN over WebSocket. */
const OK = 4_000;
const SHUTDOWN = 4_008;

test('on SIGTERM under load every client is told, and the gateway ends in order within 8 s', async () => {
  const gateway = await Gateway.start(['--source', 'test']);
  const viewers: HeadlessViewer[] = [];
  for (let count = 0; count < 8; count += 1) {
    viewers.push(await HeadlessViewer.open(await gateway.link()));
  }
  await expect.poll(() => viewers.every(({ dataUnits }) => dataUnits > 20), SEEN).toBe(true);
  const begun = performance.now();
  const code = await gateway.terminate();
  expect(performance.now() - begun).toBeLessThan(8_000);
  expect(code).toBe(0);
  await expect
    .poll(() => viewers.map(({ goaway, closeCode }) => [goaway, closeCode]), SEEN)
    .toEqual(viewers.map(() => ['The gateway is stopping.', SHUTDOWN]));
  for (const viewer of viewers) viewer.close();
});

test('a login that nobody uses is ended, after a warning', async () => {
  const gateway = await Gateway.start(['--source', 'test', '--idle-seconds', '4']);
  try {
    const viewer = await HeadlessViewer.open(await gateway.link());
    await expect
      .poll(() => viewer.goaway, SEEN)
      .toMatch(/^This session ends in \d seconds? unless you type or click\.$/);
    expect(viewer.closeCode).toBeUndefined();
    await expect.poll(() => viewer.closeCode, SEEN).toBe(OK);
    viewer.close();
  } finally {
    await gateway.stop();
  }
});
