import type { Page } from 'playwright-core';
import type { PlayerProbe, PlayerStats, TransportChoice } from '../../client/player.ts';
import type { UserChange } from '../../client/settings/user-settings.ts';
import type { RunRecording } from '../../client/stats/measurements.ts';
import type { PatternProbeReport } from '../../client/stats/pattern-probe.ts';
import type { ArrivalReport } from '../../client/stats/arrival-probe.ts';
import type { StreamFacts } from '../../protocol/control/stream.ts';

declare global {
  /** What `?probe=1` puts on the page (client/main.ts). */
  var oriel: { readonly probe: PlayerProbe } | undefined;
}

/** A page that runs functions, of whatever browser and whoever drives it. */
export interface AskedPage {
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>;
}

/** What the probe of a page in any browser says. */
export function readingsOf(page: AskedPage) {
  return {
    pattern: (): Promise<PatternProbeReport | undefined> =>
      page.evaluate(() => globalThis.oriel?.probe.pattern()),
    stats: (): Promise<PlayerStats | undefined> =>
      page.evaluate(() => globalThis.oriel?.probe.stats()),
    /** Which rung of the ladder is in use, and why no better one. */
    rungs: () => page.evaluate(() => globalThis.oriel?.probe.rungs()),
    /** Frames whose pattern was read so far. */
    framesRead: async (): Promise<number> =>
      page.evaluate(async () => (await globalThis.oriel?.probe.pattern())?.read ?? 0),
    /** The newest second of what was played, or what there is of it. */
    lastSecond: async (): Promise<{ samples: Float32Array; sampleRate: number }> => {
      const recording = await page.evaluate(async () => {
        const sound = await globalThis.oriel?.probe.recording();
        const { samples = new Float32Array(), sampleRate = 48_000 } = sound ?? {};
        return { samples: [...samples.slice(-sampleRate)], sampleRate };
      });
      return { ...recording, samples: Float32Array.from(recording.samples) };
    },
  };
}

/** The page's probe, from outside of it. */
export function probeOf(page: Page) {
  return {
    ...readingsOf(page),
    startRun: (): Promise<void> => page.evaluate(() => globalThis.oriel?.probe.startRun()),
    stopRun: (): Promise<RunRecording | undefined> =>
      page.evaluate(() => globalThis.oriel?.probe.stopRun()),
    /** Applies settings; how long the gateway's answer took is in `tookMs`, when it began (ms since 1970) in `startedAtMs`. */
    apply: (change: UserChange) =>
      page.evaluate(async (wanted) => {
        const startedAt = performance.now();
        const applied = await globalThis.oriel?.probe.apply(wanted);
        const tookMs = performance.now() - startedAt;
        return { ...applied, tookMs, startedAtMs: performance.timeOrigin + startedAt };
      }, change),
    stream: (): Promise<StreamFacts | undefined> =>
      page.evaluate(() => globalThis.oriel?.probe.stream()),
    connection: (): Promise<string | undefined> =>
      page.evaluate(() => globalThis.oriel?.probe.connection()),
    /** What arrived since the last call. */
    arrivals: (): Promise<ArrivalReport | undefined> =>
      page.evaluate(() => globalThis.oriel?.probe.arrivals()),
    /** Changes of the transport so far. */
    moves: () => page.evaluate(() => globalThis.oriel?.probe.moves() ?? []),
    /** Moves the session while it goes on; whether it moved. */
    chooseTransport: (choice: TransportChoice): Promise<boolean | undefined> =>
      page.evaluate((wanted) => globalThis.oriel?.probe.chooseTransport(wanted), choice),
    /** The last seconds of sound as the worklet played them; empty while there is none. */
    recording: async (): Promise<{ samples: Float32Array; sampleRate: number }> => {
      const recording = await page.evaluate(async () => {
        const sound = await globalThis.oriel?.probe.recording();
        return sound && { samples: [...sound.samples], sampleRate: sound.sampleRate };
      });
      return {
        samples: Float32Array.from(recording?.samples ?? []),
        sampleRate: recording?.sampleRate ?? 48_000,
      };
    },
    /** Milliseconds from the start of the page's navigation until the first frame was drawn; waits for it. */
    firstFrameMs: (): Promise<number> =>
      page.evaluate(async () => {
        for (;;) {
          const pattern = await globalThis.oriel?.probe.pattern();
          if ((pattern?.read ?? 0) + (pattern?.unreadable ?? 0) > 0) return performance.now();
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }),
  };
}
