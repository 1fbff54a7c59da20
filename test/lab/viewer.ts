import type { Browser, Page } from 'playwright-core';
import type { ArrivalReport, Arrivals } from '../../client/stats/arrival-probe.ts';
import type { PatternProbeReport } from '../../client/stats/pattern-probe.ts';
import type { PlayerStats } from '../../client/stats/player-stats.ts';
import { openLink, type PageOptions } from '../support/chromium.ts';
import { probeOf } from '../support/probe.ts';
import { waitUntil } from '../support/wait.ts';
import { launchChromiumIn } from './browser.ts';
import type { Sample, ViewerRecord } from './measurement.ts';
import type { Namespace } from './namespace.ts';

/** How long a page may take on a bad path from its address to its first picture. */
const PICTURE_TIMEOUT_MS = 45_000;

/** A viewer's record, and what else the page knows. */
export interface ViewerReport extends ViewerRecord {
  /** What carried the picture at the end. */
  readonly transport: string;
  /** Changes of the transport since the page came, at milliseconds of the measurement. */
  readonly moves: readonly {
    readonly atMs: number;
    readonly to: string;
    readonly reason: string;
  }[];
  /** By how much the clocks of both ends can differ from what was assumed, milliseconds. */
  readonly clockUncertaintyMs: number;
  /** Steps of the page's counters during the measurement, by their names (client/stats/player-stats.ts). */
  readonly counters: Readonly<Record<string, number>>;
  /** Medians of the stages of the last seconds, milliseconds. */
  readonly stages: Readonly<Record<string, number>>;
}

/** Real Chromium at the far end of a path, looking at a desktop with the painted pattern. */
export class Viewer {
  readonly #browser: Browser;
  readonly #page: Page;
  #beginMs = 0;
  #receivedBytes = 0;
  #before: ReadonlyMap<string, number> = new Map();
  #clock: NonNullable<ArrivalReport['clock']> | undefined;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  get page(): Page {
    return this.#page;
  }

  /** Opens the link and waits for the first picture. */
  static async open(
    namespace: Namespace,
    link: string,
    { transport, rung }: Pick<PageOptions, 'transport' | 'rung'> = {},
  ): Promise<Viewer> {
    const browser = await launchChromiumIn(namespace);
    try {
      const viewport = { width: 1280, height: 720 };
      const { page } = await openLink(browser, link, {
        viewport,
        ...(transport !== undefined && { transport }),
        ...(rung !== undefined && { rung }),
      });
      const probe = probeOf(page);
      await waitUntil(async () => (await probe.framesRead()) > 0, PICTURE_TIMEOUT_MS);
      const viewer = new Viewer(browser, page);
      // The clocks compare best before the path is full; the measurement begins later.
      await viewer.#takeArrivals();
      return viewer;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Forgets everything until now. */
  async begin(): Promise<void> {
    await this.#takeArrivals();
    this.#beginMs = await this.#page.evaluate(() => performance.timeOrigin + performance.now());
    const stats = await probeOf(this.#page).stats();
    this.#before = countersOf(stats);
    this.#receivedBytes = stats?.network?.receivedBytes ?? 0;
  }

  /** What there was since `begin()`. */
  async end(): Promise<ViewerReport> {
    const nowMs = await this.#page.evaluate(() => performance.timeOrigin + performance.now());
    const durationMs = nowMs - this.#beginMs;
    const arrivals = await this.#takeArrivals();
    const pattern = await probeOf(this.#page).pattern();
    const stats = await probeOf(this.#page).stats();
    const shown = (pattern?.shownAtMs ?? [])
      .map((time, i) => ({
        atMs: time - this.#beginMs,
        latencyMs: pattern?.latenciesMs[i] ?? Number.NaN,
        bytes: 0,
      }))
      .filter(({ atMs }) => atMs >= 0 && atMs <= durationMs);
    const bytes = (stats?.network?.receivedBytes ?? 0) - this.#receivedBytes;
    const onTracks = tracked(pattern, { beginMs: this.#beginMs, durationMs, bytes });
    const counters = [...countersOf(stats)].map(
      ([name, value]) => [name, value - (this.#before.get(name) ?? 0)] as const,
    );
    return {
      durationMs,
      video: [...this.#samples(arrivals?.video, durationMs), ...onTracks],
      audio: this.#samples(arrivals?.audio, durationMs),
      shown,
      transport: stats?.network?.transport ?? 'none',
      moves: await this.#moves(),
      clockUncertaintyMs: this.#clock?.uncertaintyMs ?? Number.NaN,
      counters: Object.fromEntries(counters),
      stages: stagesOf(stats),
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Both clocks are this machine's and do not drift apart: the best of all estimates holds for the whole run. */
  async #takeArrivals(): Promise<ArrivalReport | undefined> {
    const report = await this.#page.evaluate(() => globalThis.oriel?.probe.arrivals());
    const clock = report?.clock;
    if (clock && clock.uncertaintyMs < (this.#clock?.uncertaintyMs ?? Infinity)) {
      this.#clock = clock;
    }
    return report;
  }

  #samples(arrivals: Arrivals | undefined, durationMs: number): readonly Sample[] {
    const offset = this.#clock?.offsetMs ?? Number.NaN;
    return (arrivals?.receivedAtMs ?? [])
      .map((received, i) => ({
        atMs: received - this.#beginMs,
        latencyMs: received + offset - (arrivals?.capturedAtMs[i] ?? Number.NaN),
        bytes: arrivals?.bytes[i] ?? 0,
      }))
      .filter(({ atMs }) => atMs >= 0 && atMs <= durationMs);
  }

  async #moves(): Promise<ViewerReport['moves']> {
    const moves = await probeOf(this.#page).moves();
    return moves
      .filter(({ hasMoved }) => hasMoved)
      .map(({ atMs, to, reason }) => ({ atMs: Math.round(atMs - this.#beginMs), to, reason }));
  }
}

/**
 * Pictures that came on a track of WebRTC. The page sees none that was not presented, and no time of capture: what counts here is from
 * painted to complete, which is more. Each has its share of the bytes.
 */
function tracked(
  pattern: PatternProbeReport | undefined,
  { beginMs, durationMs, bytes }: Readonly<Record<'beginMs' | 'durationMs' | 'bytes', number>>,
): readonly Sample[] {
  const samples = (pattern?.receivedAtMs ?? [])
    .map((receivedAt, i) => {
      const sinceMs = (pattern?.shownAtMs[i] ?? Number.NaN) - receivedAt;
      const latencyMs = (pattern?.latenciesMs[i] ?? Number.NaN) - sinceMs;
      return { atMs: receivedAt - beginMs, latencyMs };
    })
    .filter(({ atMs }) => atMs >= 0 && atMs <= durationMs);
  return samples.map((sample) => ({ ...sample, bytes: bytes / samples.length }));
}

/** Numbers of the page that only ever grow, from all of its parts. */
function countersOf(stats: PlayerStats | undefined): ReadonlyMap<string, number> {
  const { network, video, audio } = stats ?? {};
  return new Map<string, number>(
    Object.entries({
      keyRequests: network?.keyRequests,
      videoDiscarded: network?.videoDiscarded,
      videoAbandoned: network?.videoAbandoned,
      videoMissing: network?.videoMissing,
      audioMissing: network?.audioMissing,
      reconnects: network?.reconnects,
      decoded: video?.decoded,
      shown: video?.shown,
      skipped: video?.skipped,
      decodeErrors: video?.decodeErrors,
      underruns: audio?.underruns,
      overruns: audio?.overruns,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function stagesOf(stats: PlayerStats | undefined): Readonly<Record<string, number>> {
  const { encode, queue, network, reassembly, decode, present } = stats?.video?.latency ?? {};
  return Object.fromEntries(
    Object.entries({ encode, queue, network, reassembly, decode, present }).flatMap(
      ([name, stage]) => (stage === undefined ? [] : [[name, stage.p50Ms]]),
    ),
  );
}
