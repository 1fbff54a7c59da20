import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { RungName } from '../../client/ladder/rungs.ts';
import { launchChromium, logOut, openLink } from '../support/chromium.ts';
import { startDesktopGateway } from '../support/desktop-gateway.ts';
import { Gateway } from '../support/gateway.ts';
import { startPatternPainter } from '../support/pattern-painter.ts';
import { startPipePainter } from '../support/pipe-painter.ts';
import { probeOf } from '../support/probe.ts';
import { waitUntil } from '../support/wait.ts';
import { spread } from './percentiles.ts';
import type { Report, Row } from './report.ts';

/** What is painted, encoded and shown. */
interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

const pictures: readonly Picture[] = [
  { name: '720p60', width: 1280, height: 720, framesPerSecond: 60 },
  { name: '1080p30', width: 1920, height: 1080, framesPerSecond: 30 },
];
/** A name that is not this machine's to a browser, which asks nobody for its address. */
const PLAIN_NAME = 'desk.example';

/** How the pictures come and what plays them. */
interface Way {
  readonly label: string;
  readonly transport: 'webtransport' | 'websocket';
  readonly rung: RungName;
  /** Under the name of a network, without TLS. */
  readonly isPlain?: true;
}

const ways: readonly Way[] = [
  { label: 'webtransport', transport: 'webtransport', rung: 'webCodecs' },
  { label: 'websocket', transport: 'websocket', rung: 'webCodecs' },
  { label: 'websocket, Media Source', transport: 'websocket', rung: 'mediaSource' },
  {
    ...{ label: 'plain http, Media Source, sound too', transport: 'websocket' },
    ...{ rung: 'mediaSourceSound', isPlain: true },
  },
  { label: 'WebRTC', transport: 'websocket', rung: 'webRtc' },
];

/** Of every gateway here: all ways are open. */
const OPEN = ['--webrtc', '--plain-http', '--public-origins', `http://${PLAIN_NAME}`];

/** Where the pictures are painted; `start` gives a gateway that shows them. */
const canvases = {
  pipe: { label: '', start: startOnPipe },
  display: { label: ', on an X display', start: startOnDisplay },
} as const;

/** Buffers, estimates and just-in-time compilers settle in this time. */
const WARM_UP_MS = 4_000;

/**
 * Painted pixels to read-back pixels: a program paints its clock into each picture as black and white blocks; the page
 * reads them from its canvas right after drawing. Both clocks are this machine's.
 */
export async function glass(seconds: number): Promise<Report> {
  const rows: Row[] = [];
  for (const canvas of ['pipe', 'display'] as const) {
    for (const picture of pictures) rows.push(...(await measure(picture, { canvas, seconds })));
  }
  return {
    name: 'glass to glass, milliseconds',
    method:
      `A text-like picture with a painted clock goes into the encoder's pipe, and in a second round onto an X display, where ` +
      `it also waits for the next capture (up to one period); x264enc, gateway, headless Chromium, canvas read back after ` +
      `drawing, the elements of Media Source and WebRTC when a frame is presented; ${seconds} s each after ${WARM_UP_MS / 1000} s. The stages are medians by the session's clock: captured to written ` +
      `(encoder and queue), written to received (network), received to decoded, decoded to drawn.`,
    goal: '720p60: p50 at most 13, p95 at most 22, by Media Source p50 at most 40, on a quiet machine; stages that a way does not know stay empty',
    rows,
  };
}

/** A gateway and the painter whose pictures it shows. */
interface Scene {
  readonly gateway: Gateway;
  close(): Promise<void>;
}

async function startOnPipe({ width, height, framesPerSecond }: Picture): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-glass-'));
  const path = join(directory, 'pictures');
  execFileSync('mkfifo', [path]);
  const stopPainter = startPipePainter({ path, width, height, framesPerSecond });
  const gateway = await Gateway.start([
    ...OPEN,
    ...['--source', 'pipe', '--pipe', path, '--video-frame-rate', String(framesPerSecond)],
    ...['--desktop-width', String(width), '--desktop-height', String(height)],
  ]);
  return {
    gateway,
    close: async () => {
      await gateway.stop();
      await stopPainter();
      await rm(directory, { recursive: true });
    },
  };
}

async function startOnDisplay({ width, height, framesPerSecond }: Picture): Promise<Scene> {
  const desktop = await startDesktopGateway([
    ...OPEN,
    ...['--no-audio', '--video-frame-rate', String(framesPerSecond)],
    ...['--desktop-width', String(width), '--desktop-height', String(height)],
  ]);
  const painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond,
    background: 'still',
  });
  return {
    gateway: desktop.gateway,
    close: async () => {
      await painter.close();
      await desktop.close();
    },
  };
}

interface Measurement {
  readonly canvas: keyof typeof canvases;
  readonly seconds: number;
}

async function measure(picture: Picture, { canvas, seconds }: Measurement): Promise<Row[]> {
  const { label, start } = canvases[canvas];
  const scene = await start(picture);
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
async function linkOf({ gateway }: Scene, { isPlain }: Way): Promise<string> {
  const link = new URL(await gateway.link());
  if (isPlain !== true) link.host = `127.0.0.1:${gateway.port}`;
  return link.href;
}

interface Watch {
  readonly scene: Scene;
  readonly way: Way;
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
  const probe = probeOf(opened.page);
  await waitUntil(async () => (await probe.rungs())?.current === rung, 20_000);
  const onWay = rung === 'webRtc' ? 'webrtc' : transport;
  await waitUntil(async () => (await probe.stats())?.network?.transport === onWay, 20_000);
  await waitUntil(async () => (await probe.framesRead()) > 0, 20_000);
  await opened.page.waitForTimeout(WARM_UP_MS);
  const before = await probe.pattern();
  await opened.page.waitForTimeout(seconds * 1000);
  const after = await probe.pattern();
  const stages = (await probe.stats())?.video?.latency;
  await logOut(opened);
  const frames = (after?.read ?? 0) - (before?.read ?? 0);
  return {
    ...spread(after?.latenciesMs.slice(-Math.max(1, frames)) ?? []),
    fps: frames / seconds,
    unreadable: (after?.unreadable ?? 0) - (before?.unreadable ?? 0),
    encode: (stages?.encode.p50Ms ?? Number.NaN) + (stages?.queue.p50Ms ?? Number.NaN),
    network: (stages?.network.p50Ms ?? Number.NaN) + (stages?.reassembly.p50Ms ?? Number.NaN),
    decode: stages?.decode.p50Ms ?? Number.NaN,
    present: stages?.present.p50Ms ?? Number.NaN,
  };
}
