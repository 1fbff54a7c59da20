import type { Browser } from 'playwright-core';
import { launchChromium, logOut, openLink } from '../support/chromium.ts';
import { glassOfGuests } from './glass-browsers.ts';
import { WARM_UP_MS, watchPage, type Way } from './glass-page.ts';
import { startOnDisplay, startOnPipe, type Picture, type Scene } from './glass-scene.ts';
import type { Report, Row } from './report.ts';

const PICTURE_720: Picture = { name: '720p60', width: 1280, height: 720, framesPerSecond: 60 };
const PICTURE_1080: Picture = { name: '1080p30', width: 1920, height: 1080, framesPerSecond: 30 };

/** A name that is not this machine's to a browser, which asks nobody for its address. */
const PLAIN_NAME = 'desk.example';

/** A way of Chromium. */
interface ChromiumWay extends Way {
  /** Under the name of a network, without TLS. */
  readonly isPlain?: true;
}

const ways: readonly ChromiumWay[] = [
  { label: 'webtransport', transport: 'webtransport', rung: 'webCodecs' },
  { label: 'websocket', transport: 'websocket', rung: 'webCodecs' },
  { label: 'websocket, Media Source', transport: 'websocket', rung: 'mediaSource' },
  {
    ...{ label: 'plain http, Media Source, sound too', transport: 'websocket' },
    ...{ rung: 'mediaSourceSound', isPlain: true },
  },
  { label: 'WebRTC', transport: 'websocket', rung: 'webRtc' },
];

/** Of every gateway for Chromium: all ways are open. */
const OPEN = ['--webrtc', '--plain-http', '--public-origins', `http://${PLAIN_NAME}`];

/** Where the pictures are painted; `start` gives a gateway that shows them. */
const canvases = {
  pipe: { label: '', start: startOnPipe },
  display: { label: ', on an X display', start: startOnDisplay },
} as const;

/**
 * Painted pixels to read-back pixels: a program paints its clock into each picture as black and white blocks; the page
 * reads them from its canvas right after drawing. Both clocks are this machine's.
 */
export async function glass(seconds: number): Promise<Report> {
  const rows: Row[] = [];
  for (const canvas of ['pipe', 'display'] as const) {
    for (const picture of [PICTURE_720, PICTURE_1080])
      rows.push(...(await measure(picture, { canvas, seconds })));
  }
  rows.push(...(await glassOfGuests(PICTURE_720, seconds)));
  return {
    name: 'glass to glass, milliseconds',
    method:
      `A text-like picture with a painted clock goes into the encoder's pipe, and in a second round onto an X display, where ` +
      `it also waits for the next capture (up to one period); x264enc, gateway, headless Chromium (where no other browser is named), canvas read back after ` +
      `drawing, the elements of Media Source and WebRTC when a frame is presented; ${seconds} s each after ${WARM_UP_MS / 1000} s. The stages are medians by the session's clock: captured to written ` +
      `(encoder and queue), written to received (network), received to decoded, decoded to drawn.`,
    goal: '720p60: p50 at most 13, p95 at most 22, by Media Source p50 at most 40, on a quiet machine; stages that a way does not know stay empty',
    rows,
  };
}

interface Measurement {
  readonly canvas: keyof typeof canvases;
  readonly seconds: number;
}

async function measure(picture: Picture, { canvas, seconds }: Measurement): Promise<Row[]> {
  const { label, start } = canvases[canvas];
  const scene = await start(picture, OPEN);
  const browser = await launchChromium([
    `--host-resolver-rules=MAP ${PLAIN_NAME}:80 127.0.0.1:${scene.gateway.port}`,
  ]);
  try {
    const rows: Row[] = [];
    for (const way of ways) {
      rows.push({
        label: `${picture.name} ${way.label}${label}`,
        figures: await watch(picture, { scene, way, seconds, browser }),
      });
    }
    return rows;
  } finally {
    await browser.close();
    await scene.close();
  }
}

/** A link on the name of the network, or on this machine, to which browsers give everything. */
async function linkOf({ gateway }: Scene, { isPlain }: ChromiumWay): Promise<string> {
  const link = new URL(await gateway.link());
  if (isPlain !== true) link.host = `127.0.0.1:${gateway.port}`;
  return link.href;
}

interface Watch {
  readonly scene: Scene;
  readonly way: ChromiumWay;
  readonly seconds: number;
  readonly browser: Browser;
}

async function watch(
  { width, height }: Picture,
  { scene, way, seconds, browser }: Watch,
): Promise<Record<string, number>> {
  const { transport, rung } = way;
  const opened = await openLink(browser, await linkOf(scene, way), {
    ...{ transport, rung, viewport: { width, height } },
  });
  try {
    return await watchPage(opened.page, way, seconds);
  } finally {
    await logOut(opened);
  }
}
