/** Every setting has its effect on a live session, over each transport; how soon is printed here and measured by `npm run bench settings`. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, logOut, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { settingEffects, timeToEffect } from '../../support/setting-effects.ts';
import { waitUntil } from '../../support/wait.ts';

const WIDTH = 320;

let gateway: Gateway;
let browser: Browser;

beforeAll(async () => {
  gateway = await Gateway.start([
    ...[
      '--source',
      'test',
      '--webrtc',
      '--desktop-width',
      String(WIDTH),
      '--desktop-height',
      '240',
    ],
    ...['--video-frame-rate', '60', '--video-bitrate-kbps', '2000'],
  ]);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

describe.each(['webtransport', 'websocket'] as const)('over %s', (transport) => {
  it('every setting is seen there and back', async () => {
    const opened = await openLink(browser, await gateway.link(), { transport });
    const { page } = opened;
    await waitUntil(async () => ((await probeOf(page).stats())?.video?.shown ?? 0) > 10, 40_000);
    const lines: string[] = [];
    for (const { name, there, back } of settingEffects({ width: WIDTH, transport })) {
      const tookMs = [await timeToEffect(page, there), await timeToEffect(page, back)];
      for (const took of tookMs) expect(took).toBeGreaterThan(0);
      lines.push(`${name.padEnd(16)} ${tookMs.map((ms) => ms.toFixed(0).padStart(6)).join('')}`);
    }
    process.stdout.write(`${transport}: time to effect, there and back, ms\n${lines.join('\n')}\n`);
    expect((await probeOf(page).stats())?.network?.reconnects).toBe(0);
    await logOut(opened);
  });
});
