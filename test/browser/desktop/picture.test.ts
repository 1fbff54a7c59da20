import { describe, expect, it } from 'vitest';
import { paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';

const painted = paintedDesktop({ framesPerSecond: 60, background: 'moving', flags: [] });

describe.each(['webtransport', 'websocket'] as const)('the picture over %s', (transport) => {
  it('is the one that was painted, frame after frame, with no block misread', async () => {
    const { page, context, console } = await painted.open({
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
