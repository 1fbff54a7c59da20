import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { startPatternPainter, type PatternPainter } from '../../support/pattern-painter.ts';
import { probeOf } from '../../support/probe.ts';

let desktop: DesktopGateway;
let painter: PatternPainter;
let browser: Browser;

beforeAll(async () => {
  desktop = await startDesktopGateway();
  painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond: 60,
    background: 'moving',
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await painter.close();
  await desktop.close();
});

describe.each(['webtransport', 'websocket'] as const)('the picture over %s', (transport) => {
  it('is the one that was painted, frame after frame, with no block misread', async () => {
    const { page, context, console } = await openLink(browser, await desktop.gateway.link(), {
      transport,
    });
    const probe = probeOf(page);
    await expect.poll(probe.framesRead, { timeout: 30_000 }).toBeGreaterThan(60);
    const first = await probe.pattern();
    await expect
      .poll(probe.framesRead, { timeout: 30_000 })
      .toBeGreaterThan((first?.read ?? 0) + 120);
    const second = await probe.pattern();
    const stats = await probe.stats();

    expect(second?.unreadable).toBe(0);
    expect(second?.lastCounter ?? 0).toBeGreaterThanOrEqual((first?.lastCounter ?? 0) + 120);
    expect(stats?.video).toMatchObject({ width: 1280, height: 720, decodeErrors: 0 });
    expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
    await context.close();
  });
});
