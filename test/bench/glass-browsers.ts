import { existsSync } from 'node:fs';
import { firefox } from '../support/firefox.ts';
import { miniBrowser } from '../support/mini-browser.ts';
import type { BrowserKind } from '../support/real-browser.ts';
import { watchPage, type Way } from './glass-page.ts';
import { startOnPipe, type Picture, type Scene } from './glass-scene.ts';
import type { Row } from './report.ts';

/** A browser beside Chromium, and the ways that it has. */
interface Guest {
  readonly kind: BrowserKind;
  readonly ways: readonly Way[];
}

/** By name; where a way is not the browser's own choice it is pinned. */
const guests: readonly Guest[] = [
  {
    kind: firefox,
    ways: [
      { label: 'webtransport', transport: 'webtransport', rung: 'webCodecs' },
      { label: 'websocket', transport: 'websocket', rung: 'webCodecs' },
      { label: 'websocket, Media Source', transport: 'websocket', rung: 'mediaSource' },
      {
        ...{ label: 'websocket, Media Source, sound too', transport: 'websocket' },
        rung: 'mediaSourceSound',
      },
      { label: 'WebRTC', transport: 'websocket', rung: 'webRtc' },
    ],
  },
  {
    kind: miniBrowser,
    ways: [
      { label: 'websocket', transport: 'websocket', rung: 'webCodecs' },
      { label: 'websocket, Media Source', transport: 'websocket', rung: 'mediaSource' },
      {
        ...{ label: 'websocket, Media Source, sound too', transport: 'websocket' },
        rung: 'mediaSourceSound',
      },
    ],
  },
];

/** A row for each rung of Firefox ESR and of WebKitGTK's MiniBrowser; of one that is not installed, a row that says so. */
export async function glassOfGuests(picture: Picture, seconds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const guest of guests) {
    const { name, programs, debianPackage } = guest.kind;
    if (programs.every((path) => existsSync(path)))
      rows.push(...(await watchGuest(guest, picture, seconds)));
    else rows.push(failedRow(`${picture.name} ${name}`, `${debianPackage} is not installed`));
  }
  return rows;
}

async function watchGuest(
  { kind, ways }: Guest,
  picture: Picture,
  seconds: number,
): Promise<readonly Row[]> {
  const scene = await startOnPipe(picture, ['--webrtc', ...kind.gatewayFlags]);
  const rows: Row[] = [];
  try {
    for (const way of ways) {
      const label = `${picture.name} ${kind.name}, ${way.label}`;
      try {
        rows.push({ label, figures: await watchWay(kind, { scene, way, seconds }) });
      } catch (error) {
        rows.push(failedRow(label, error instanceof Error ? error.message : String(error)));
      }
    }
  } finally {
    await scene.close();
  }
  return rows;
}

interface Watch {
  readonly scene: Scene;
  readonly way: Way;
  readonly seconds: number;
}

/** In a browser of its own: what one leaves behind is no other one's load. */
async function watchWay(
  kind: BrowserKind,
  { scene, way, seconds }: Watch,
): Promise<Record<string, number>> {
  const url = new URL(await scene.gateway.link());
  const { rung, transport } = way;
  url.search = new URLSearchParams({ rung, transport, probe: '1' }).toString();
  const browser = await kind.launch({});
  try {
    const page = await browser.open(url.href);
    const figures = await watchPage(page, way, seconds);
    await page.evaluate(async () => {
      await fetch('/api/logout', { method: 'POST' });
    });
    return figures;
  } finally {
    await browser.close();
  }
}

/** A way that shows nothing is a finding as well. */
const failedRow = (label: string, why: string): Row => ({
  label,
  figures: { p50: why.split('\n')[0] ?? '' },
});
