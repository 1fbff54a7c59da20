import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { offerUdpPort, openBreakable } from '../../support/breakable-page.ts';
import { BLOCK } from '../../../client/stats/pattern-probe.ts';
import { launchChromium, logOut, openLink } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { startPatternPainter, type PatternPainter } from '../../support/pattern-painter.ts';
import { probeOf } from '../../support/probe.ts';
import { childrenOf } from '../../support/processes.ts';
import { XWitness } from '../../support/x-server.ts';

/** Keycode of the left Shift key: its evdev code and 8. */
const X_SHIFT = 50;

const transports = ['webtransport', 'websocket'] as const;

let desktop: DesktopGateway;
let painter: PatternPainter;
let browser: Browser;

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio']);
  painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond: 60,
    background: 'none',
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await painter.close();
  await desktop.close();
});

// A test that failed must not keep control from the next one.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await expect
    .poll(() => desktop.gateway.log.filter((line) => line.includes('viewer left')).length, {
      timeout: 10_000,
    })
    .toBe(joinsLogged());
});

const joinsLogged = (): number =>
  desktop.gateway.log.filter((line) => line.includes('"viewer joined"')).length;

/** The only encoder of a gateway without sound. */
function encoderPid(): number | undefined {
  return childrenOf(desktop.gateway.pid).find(({ commandLine }) =>
    commandLine.includes('gst/child.ts'),
  )?.pid;
}

async function framesAfter(page: Page, frames: number, timeout: number): Promise<void> {
  const probe = probeOf(page);
  const before = await probe.framesRead();
  await expect.poll(probe.framesRead, { timeout, interval: 20 }).toBeGreaterThan(before + frames);
}

describe('a network without UDP', () => {
  it('shows the first frame through WebSocket within 1.5 s', async () => {
    // A port that takes datagrams and never answers: what a firewall makes of QUIC.
    const hole = createSocket('udp4').bind(0, '127.0.0.1');
    await once(hole, 'listening');
    const { port } = hole.address();
    const opened = await openLink(browser, await desktop.gateway.link(), {
      prepare: (page) => offerUdpPort(page, () => port),
    });
    const { page } = opened;
    const firstFrameMs = await probeOf(page).firstFrameMs();
    expect(firstFrameMs).toBeLessThan(1_500);
    const joined = desktop.gateway.log.findLast((line) => line.includes('"viewer joined"'));
    expect(joined).toContain('"websocket"');
    await logOut(opened);
    hole.close();
  });
});

describe.each(transports)('over %s', (transport) => {
  it('an encoder killed ten times is back within 1 s each, in the same session', async () => {
    const opened = await openLink(browser, await desktop.gateway.link(), { transport });
    const { page } = opened;
    await framesAfter(page, 10, 20_000);
    const joins = joinsLogged();
    for (let kill = 0; kill < 10; kill += 1) {
      const pid = encoderPid();
      if (pid === undefined) throw new Error(`no encoder before kill ${kill}`);
      process.kill(pid, 'SIGKILL');
      await expect.poll(encoderPid, { timeout: 1_000, interval: 5 }).not.toBe(pid);
      // More than the frames that were on their way when the encoder died.
      await framesAfter(page, 10, 1_000);
    }
    expect(joinsLogged()).toBe(joins);
    await logOut(opened);
  });

  it('a connection that is cut while Shift is held lets Shift go within 2 s, and comes back', async () => {
    const { DISPLAY = '', XAUTHORITY } = desktop.env;
    const witness = await XWitness.open(DISPLAY, XAUTHORITY, BLOCK);
    const opened = await openBreakable(browser, await desktop.gateway.link(), transport);
    const { page } = opened;
    await framesAfter(page, 5, 20_000);
    const joins = joinsLogged();
    await page.mouse.move(400, 300);
    await page.keyboard.down('Shift');
    await witness.take('KeyPress', 1);
    expect(witness.events.filter(({ name }) => name === 'KeyRelease')).toEqual([]);

    await opened.cut();
    const inTime = AbortSignal.timeout(2_000);
    const [release] = await Promise.race([
      witness.take('KeyRelease', 1),
      once(inTime, 'abort').then(() => Promise.reject(new Error('Shift was down after 2 s'))),
    ]);
    expect(release?.keycode).toBe(X_SHIFT);

    await expect.poll(joinsLogged, { timeout: 15_000 }).toBeGreaterThan(joins);
    await framesAfter(page, 10, 5_000);
    witness.close();
    await page.keyboard.up('Shift');
    await logOut(opened);
    await opened.release();
  });
});
