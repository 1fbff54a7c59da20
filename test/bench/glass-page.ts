import { setTimeout as wait } from 'node:timers/promises';
import type { RungName } from '../../client/ladder/rungs.ts';
import { readingsOf, type AskedPage } from '../support/probe.ts';
import { waitUntil } from '../support/wait.ts';
import { spread } from './percentiles.ts';

/** How the pictures come and what plays them. */
export interface Way {
  readonly label: string;
  readonly transport: 'webtransport' | 'websocket';
  readonly rung: RungName;
}

/** Buffers, estimates and just-in-time compilers settle in this time. */
export const WARM_UP_MS = 4_000;

/** How long a page may take to play by its way, ms. */
const PLAYING_MS = 20_000;

/** From painted to read back in a page of any browser that was opened with the probe; milliseconds, the stages as medians. */
export async function watchPage(
  page: AskedPage,
  { rung, transport }: Way,
  seconds: number,
): Promise<Record<string, number>> {
  const probe = readingsOf(page);
  await waitUntil(async () => (await probe.rungs())?.current === rung, PLAYING_MS);
  const onWay = rung === 'webRtc' ? 'webrtc' : transport;
  await waitUntil(async () => (await probe.stats())?.network?.transport === onWay, PLAYING_MS);
  await waitUntil(async () => (await probe.framesRead()) > 0, PLAYING_MS);
  await wait(WARM_UP_MS);
  const before = await probe.pattern();
  const begun = performance.now();
  await wait(seconds * 1000);
  const after = await probe.pattern();
  const took = (performance.now() - begun) / 1000;
  const stages = (await probe.stats())?.video?.latency;
  const frames = (after?.read ?? 0) - (before?.read ?? 0);
  return {
    ...spread(frames === 0 ? [] : (after?.latenciesMs.slice(-frames) ?? [])),
    fps: frames / took,
    unreadable: (after?.unreadable ?? 0) - (before?.unreadable ?? 0),
    encode: (stages?.encode.p50Ms ?? Number.NaN) + (stages?.queue.p50Ms ?? Number.NaN),
    network: (stages?.network.p50Ms ?? Number.NaN) + (stages?.reassembly.p50Ms ?? Number.NaN),
    decode: stages?.decode.p50Ms ?? Number.NaN,
    present: stages?.present.p50Ms ?? Number.NaN,
  };
}
