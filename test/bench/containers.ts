import type { Browser } from 'playwright-core';
import {
  DESKTOP_IMAGE,
  GATEWAY_IMAGE,
  imageBytes,
  setup,
  teardown,
} from '../containers/build-images.ts';
import { startDesktopContainer } from '../containers/desktop-container.ts';
import { openDesktop, pictureBackAfter, pictureOn } from '../containers/desktop-page.ts';
import { playDesktopPod, type DesktopPod } from '../containers/desktop-pod.ts';
import { paintOn } from '../containers/desktop-visit.ts';
import { killContainer, podman } from '../containers/podman.ts';
import { probeStatus } from '../containers/probes.ts';
import { launchChromium, logOut, type OpenedPage } from '../support/chromium.ts';
import { processorSeconds, proportionalBytes } from '../support/processes.ts';
import { waitUntil } from '../support/wait.ts';
import { percentile } from './percentiles.ts';
import type { Report, Row } from './report.ts';

/** Each start and each kill is done so often; the median is told. */
const RUNS = 5;

/** How long a start may take before the bench gives up, in ms. */
const START_TIMEOUT_MS = 60_000;

/** What moves on the desktop while the pod streams: as demanding for an encoder as a video, and made by the desktop itself. */
const MOVING_PICTURE =
  'gst-launch-1.0 -q videotestsrc is-live=true pattern=ball motion=sweep ! video/x-raw,width=1280,height=720,framerate=30/1 ! ximagesink';

/** Sizes of the images, starts until readiness, and what the pod needs. */
export async function containers(seconds: number): Promise<Report> {
  await setup();
  const sizes = [...(await layersOf(DESKTOP_IMAGE)), ...(await totals())];
  const pod = await playDesktopPod();
  const browser = await launchChromium();
  try {
    await isReady(pod);
    const idle = await usageOf(pod, seconds, 'idle');
    const starts = [...(await desktopStarts()), ...(await gatewayStarts(pod))];
    const kills = await recoveries(browser, pod);
    const { page } = await openPod(browser, pod);
    await pictureOn(page);
    const streaming = await whileStreaming(pod, seconds);
    return reportOf([...sizes, ...starts, ...kills, ...idle, ...streaming], seconds);
  } finally {
    await ended(browser, pod);
  }
}

function reportOf(rows: readonly Row[], seconds: number): Report {
  return {
    name: 'containers',
    method:
      `Layers as podman counts them, on a base made by debootstrap. Starts: from podman run of a new desktop container, and from ` +
      `podman start of the gateway of a pod beside a desktop that runs, until /readyz is 200. Kills: SIGKILL of the container's ` +
      `first process, after which podman starts it again, until an open page, untouched, shows a picture that was painted after ` +
      `it. CPU (of one core) and memory (PSS) of all processes of a container in ${seconds} s: with nobody connected, and with ` +
      `one Chromium on WebSocket while 720p at 30/s moves on the desktop, encoded at 20/s. Starts and kills ${RUNS} times each.`,
    goal: 'gateway at most 650 MB, desktop at most 900 MB, readiness at most 4,000 ms, picture back at most 5,000 ms',
    rows,
  };
}

/** What the parts of the images are, by the instruction that made them. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/xvfb/, 'Xvfb, Openbox, xterm, PulseAudio, Mesa'],
  [/tini/, 'GStreamer with the software encoders'],
  [/server\/main/, 'compiled JavaScript'],
  [/COPY dir/, 'Oriel, its packages and Node'],
  [/ADD file|^$/, "Debian's base"],
];

/** Layers of at least a megabyte. */
async function layersOf(image: string): Promise<readonly Row[]> {
  const history = JSON.parse(await podman(['history', '--format', 'json', image])) as readonly {
    size: number;
    CreatedBy?: string;
  }[];
  return history
    .filter(({ size }) => size >= 1e6)
    .map(({ size, CreatedBy = '' }) => ({
      label: `layer: ${PARTS.find(([made]) => made.test(CreatedBy))?.[1] ?? CreatedBy.slice(0, 40)}`,
      figures: { MB: size / 1e6 },
    }));
}

async function totals(): Promise<readonly Row[]> {
  const size = async (image: string): Promise<Row> => ({
    label: `image ${image}`,
    figures: { MB: (await imageBytes(image)) / 1e6 },
  });
  return [await size(GATEWAY_IMAGE), await size(DESKTOP_IMAGE)];
}

const isReady = ({ origin }: Pick<DesktopPod, 'origin'>): Promise<void> =>
  waitUntil(async () => (await probeStatus(origin, '/readyz')) === 200, START_TIMEOUT_MS);

const medianRow = (label: string, samples: readonly number[]): Row => ({
  label,
  figures: { 'ms p50': percentile(samples, 0.5), 'ms max': Math.max(...samples) },
});

/** From `podman run` of the desktop image until a browser would see its picture. */
async function desktopStarts(): Promise<readonly Row[]> {
  const samples: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const begin = performance.now();
    const desktop = await startDesktopContainer(DESKTOP_IMAGE);
    await isReady(desktop);
    samples.push(performance.now() - begin);
    await desktop.close();
  }
  return [medianRow('desktop container, from podman run until /readyz', samples)];
}

/** From the start of a gateway until it is ready, beside a desktop that runs. */
async function gatewayStarts(pod: DesktopPod): Promise<readonly Row[]> {
  const cold: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await podman(['stop', '--time', '10', pod.container('gateway')]);
    const begin = performance.now();
    await podman(['start', pod.container('gateway')]);
    await isReady(pod);
    cold.push(performance.now() - begin);
  }
  return [medianRow('gateway container, from podman start until /readyz', cold)];
}

/** From the kill of a container until a page, opened for that alone, shows what was painted after it. */
async function recoveries(browser: Browser, pod: DesktopPod): Promise<readonly Row[]> {
  const painter = await paintOn(pod.env);
  const rows: Row[] = [];
  for (const name of ['gateway', 'desktop'] as const) {
    const samples: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const opened = await openPod(browser, pod);
      samples.push(await pictureBackAfter(opened.page, () => killContainer(pod.container(name))));
      await isReady(pod);
      await logOut(opened);
    }
    rows.push(medianRow(`picture back after the ${name} was killed`, samples));
  }
  await painter.close();
  return rows;
}

const openPod = (browser: Browser, { origin, password }: DesktopPod): Promise<OpenedPage> =>
  openDesktop(browser, origin, { transport: 'websocket', password });

async function whileStreaming(pod: DesktopPod, seconds: number): Promise<readonly Row[]> {
  const inside = ['exec', '--detach', '--env', 'DISPLAY=:0'];
  const authority = ['--env', 'XAUTHORITY=/run/oriel/desktop/Xauthority'];
  const name = pod.container('desktop');
  await podman([...inside, ...authority, name, 'sh', '-c', `exec ${MOVING_PICTURE}`]);
  await waitUntil(async () => (await processesOf(name)).includes('gst-launch'), 10_000);
  return usageOf(pod, seconds, 'streaming');
}

const processesOf = (name: string): Promise<string> => podman(['top', name, 'hpid', 'args']);

/** Processor and memory of the two containers over some seconds. */
async function usageOf(pod: DesktopPod, seconds: number, label: string): Promise<readonly Row[]> {
  const names = ['gateway', 'desktop'] as const;
  const pids = await Promise.all(
    names.map(async (name) =>
      (await processesOf(pod.container(name)))
        .split('\n')
        .map((line) => Number.parseInt(line, 10))
        .filter((pid) => pid > 0),
    ),
  );
  const used = (all: readonly number[]): number =>
    all.reduce((sum, pid) => sum + (processorSeconds(pid) || 0), 0);
  const before = pids.map(used);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return names.map((name, i) => {
    const ofContainer = pids[i] ?? [];
    const share = (used(ofContainer) - (before[i] ?? 0)) / seconds;
    const bytes = ofContainer.reduce((sum, pid) => sum + (proportionalBytes(pid) || 0), 0);
    return {
      label: `${label}: ${name}`,
      figures: { 'CPU %': share * 100, 'memory MiB': bytes / 2 ** 20 },
    };
  });
}

async function ended(browser: Browser, pod: DesktopPod): Promise<void> {
  await browser.close();
  await pod.close();
  await teardown();
}
