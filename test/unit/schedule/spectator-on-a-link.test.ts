import { describe, expect, test } from 'vitest';
import {
  decodable,
  type SessionOptions,
  type SessionRecord,
} from '../../support/simulation/session-record.ts';
import { simulateSession } from '../../support/simulation/simulated-session.ts';
import { percentile } from './simulated-link.ts';

const MBIT = 1e6;
const SETTLED_MS = 3_000;
const SECONDS = 15;

interface Watched {
  /** Ages of the oldest message that the sender held, ms. */
  readonly held: readonly number[];
  readonly latencies: readonly number[];
  readonly shownPerSecond: number;
  readonly sound: readonly number[];
}

const watched = ({ video, audio, ticks }: SessionRecord): Watched => {
  const isSettled = ({ atMs }: { readonly atMs: number }): boolean => atMs >= SETTLED_MS;
  const shown = decodable(video).filter(isSettled);
  return {
    held: ticks.filter(isSettled).map(({ heldMs }) => heldMs),
    latencies: shown.map(({ latencyMs }) => latencyMs),
    shownPerSecond: shown.length / (SECONDS - SETTLED_MS / 1000),
    sound: audio.filter(isSettled).map(({ latencyMs }) => latencyMs),
  };
};

describe.each(['websocket', 'webtransport'] as const)(
  'who watches over %s what is made for somebody with 8 Mbit/s',
  (transport) => {
    const watch = async (mbit: number, more: Partial<SessionOptions>): Promise<Watched> => {
      const path = { rateBps: () => mbit * MBIT, oneWayMs: 20, seconds: SECONDS };
      return watched(await simulateSession({ ...path, ...more, transport, isSpectator: true }));
    };

    test.each([
      { mbit: 1, layers: true },
      { mbit: 2, layers: true },
      { mbit: 2, layers: false },
      { mbit: 4, layers: true },
      { mbit: 4, layers: false },
      { mbit: 6, layers: false },
    ])(
      'on $mbit Mbit/s, layers: $layers: nothing is held for 100 ms, and several pictures a second come soon',
      async ({ mbit, layers }) => {
        const { held, latencies, shownPerSecond, sound } = await watch(mbit, { hasLayers: layers });
        expect(Math.max(...held)).toBeLessThanOrEqual(100);
        expect(shownPerSecond).toBeGreaterThan(3.5);
        expect(percentile(latencies, 0.95)).toBeLessThan(20 + 120);
        expect(percentile(sound, 0.95)).toBeLessThan(20 + 80);
      },
    );

    test('6 Mbit/s carry the base layer: the upper one is left out first', async () => {
      const layered = await watch(6, { hasLayers: true });
      const chained = await watch(6, { hasLayers: false });
      expect(layered.shownPerSecond).toBeGreaterThan(28);
      expect(layered.shownPerSecond).toBeGreaterThan(1.4 * chained.shownPerSecond);
    });

    test('a busy encoder makes six large pictures a second: half of them as small keyframes', async () => {
      const seen = await watch(2, { hasLayers: true, frameRate: 6 });
      expect(Math.max(...seen.held)).toBeLessThanOrEqual(100);
      expect(seen.shownPerSecond).toBeGreaterThan(2.5);
      expect(percentile(seen.latencies, 0.95)).toBeLessThan(20 + 150);
    });

    test('a link that carries everything gets everything, without a keyframe more', async () => {
      const seen = await watch(20, {});
      expect(seen.shownPerSecond).toBeGreaterThan(59);
      expect(Math.max(...seen.held)).toBeLessThan(40);
    });
  },
);
