import { launchChromium, logOut, openLink } from '../support/chromium.ts';
import { Gateway } from '../support/gateway.ts';
import { probeOf } from '../support/probe.ts';
import { settingEffects, timeToEffect } from '../support/setting-effects.ts';
import { waitUntil } from '../support/wait.ts';
import { spread } from './percentiles.ts';
import type { Report, Row } from './report.ts';

/** A small picture, so that two cores carry encoder and browser at once. */
const SIZE = { width: 320, height: 240 } as const;

const transports = ['webtransport', 'websocket'] as const;

/** How soon each setting has its effect on a live session, from Player.apply on; the two transports take turns in every round. */
export async function settings(rounds: number): Promise<Report> {
  const tookMs = new Map<string, number[]>();
  const browser = await launchChromium();
  const gateway = await Gateway.start([
    ...['--source', 'test', '--webrtc', '--video-frame-rate', '60', '--video-bitrate-kbps', '2000'],
    ...['--desktop-width', String(SIZE.width), '--desktop-height', String(SIZE.height)],
  ]);
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const transport of transports) {
        const opened = await openLink(browser, await gateway.link(), { transport });
        const { page } = opened;
        const probe = probeOf(page);
        await waitUntil(async () => ((await probe.stats())?.video?.shown ?? 0) > 60, 40_000);
        for (const { name, there, back } of settingEffects({ ...SIZE, transport })) {
          for (const [way, step] of [
            ['there', there],
            ['back', back],
          ] as const) {
            const label = `${name}, ${way}, ${transport}`;
            const took = await timeToEffect(page, step);
            tookMs.set(label, [...(tookMs.get(label) ?? []), took]);
          }
        }
        await logOut(opened);
      }
    }
  } finally {
    await browser.close();
    await gateway.stop();
  }
  return {
    name: 'time from choosing a setting to its effect, milliseconds',
    method:
      `A moving test picture of ${SIZE.width} × ${SIZE.height} at 60 a second with a tone, headless Chromium; ${rounds} rounds, in each both transports in ` +
      `turn and every setting there and back. Effects: ${signs()}.`,
    goal: 'every setting within 300',
    rows: [...tookMs].sort(([a], [b]) => a.localeCompare(b)).map(([label, all]) => row(label, all)),
  };
}

const signs = (): string =>
  settingEffects({ ...SIZE, transport: 'websocket' })
    .map(({ name, sign }) => `${name}: ${sign}`)
    .join('; ');

function row(label: string, samples: readonly number[]): Row {
  const { p50, p95 } = spread(samples);
  return {
    label,
    figures: {
      'p50 ms': Math.round(p50),
      'p95 ms': Math.round(p95),
      'most ms': Math.round(Math.max(...samples)),
      times: samples.length,
    },
  };
}
