import { describe, expect, it } from 'vitest';
import {
  ComparisonError,
  runComparison,
  type ComparisonOptions,
} from '../../../client/compare/comparison.ts';
import { defaultUserSettings, type UserChange } from '../../../client/settings/user-settings.ts';
import { mergeChange } from '../../../protocol/stream-settings.ts';
import { recording } from './fixtures.ts';

/** A player that notes what is asked of it, and a clock on which every wait is over at once. */
class NotingPlayer {
  settings = defaultUserSettings;
  readonly log: string[] = [];
  readonly applied: UserChange[] = [];
  refused: Record<string, string> = {};
  isInterrupted = false;
  readonly measurements = {
    startRun: () => void this.log.push('start'),
    stopRun: () => {
      this.log.push('stop');
      return Promise.resolve(recording({ network: { isInterrupted: this.isInterrupted } }));
    },
    nextFrame: () => Promise.resolve(),
  };

  apply(change: UserChange) {
    this.applied.push(change);
    this.log.push(`apply ${change.mode ?? change.transport ?? change.sink ?? ''}`);
    this.settings = mergeChange(this.settings, change);
    return Promise.resolve({ settings: this.settings, refused: this.refused });
  }
}

function compare(player: NotingPlayer, options: Partial<ComparisonOptions> = {}) {
  return runComparison({
    // The refusals of a test are reasons enough.
    player: player,
    candidates: [
      { name: 'Instant', settings: { mode: 'instant' } },
      { name: 'Movie', settings: { mode: 'movie' } },
    ],
    secondsPerRun: 3,
    rounds: 2,
    settleMs: 1_500,
    browser: 'a test',
    stream: () => ({ codec: null, transport: 'websocket', width: 1, height: 1 }),
    wait: (ms, signal) => {
      if (ms === 3_000 || ms === 1_500) player.log.push(`wait ${ms}`);
      signal?.throwIfAborted();
      // Those who wait for a frame or an answer get it first.
      return new Promise((resolve) => setTimeout(resolve, ms < 10_000 ? 0 : 200));
    },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...options,
  });
}

const once = (mode: string): readonly string[] => [
  `apply ${mode}`,
  'wait 1500',
  'start',
  'wait 3000',
  'stop',
];

describe('a comparison', () => {
  it('settles, measures and goes on in ABBA order, and brings the settings back', async () => {
    const player = new NotingPlayer();
    const report = await compare(player);
    const log = player.log.filter((_, index) => index < 20);
    expect(log).toEqual(['instant', 'movie', 'movie', 'instant'].flatMap(once));
    expect(player.settings).toEqual(defaultUserSettings);
    expect(report.runs.map(({ candidate, round }) => [candidate, round])).toEqual([
      ...[
        [0, 0],
        [1, 0],
      ],
      ...[
        [1, 1],
        [0, 1],
      ],
    ]);
  });

  it('leaves nothing of a candidate to the next one', async () => {
    const player = new NotingPlayer();
    await compare(player, {
      candidates: [
        { name: 'Instant', settings: { mode: 'instant' } },
        { name: 'Canvas', settings: { sink: 'canvas' } },
      ],
    });
    expect(player.applied[1]).toEqual({ mode: 'balanced', sink: 'canvas' });
    expect(player.applied[0]).toEqual({ mode: 'instant', sink: 'auto' });
  });

  it('brings a custom mode back with its numbers', async () => {
    const player = new NotingPlayer();
    const custom = { delayTargetMs: 15, videoBudgetMs: 120, audioBudgetMs: 90 };
    player.settings = { ...defaultUserSettings, mode: 'custom', custom };
    await compare(player);
    expect(player.settings).toMatchObject({ mode: 'custom', custom });
  });

  it('brings the settings back when it is cancelled', async () => {
    const player = new NotingPlayer();
    const cancel = new AbortController();
    const running = compare(player, {
      signal: cancel.signal,
      onProgress: ({ phase, run }) => {
        if (phase === 'running' && run === 1) cancel.abort();
      },
    });
    await expect(running).rejects.toThrow();
    expect(player.settings).toEqual(defaultUserSettings);
  });

  it('ends when a setting is refused, saying why, and brings the settings back', async () => {
    const player = new NotingPlayer();
    player.refused = { mode: 'locked' };
    await expect(compare(player)).rejects.toThrow(/Instant was refused: locked/);
    expect(player.settings).toEqual(defaultUserSettings);
    expect(player.log).not.toContain('start');
  });

  it('ends when the connection was interrupted in a run', async () => {
    const player = new NotingPlayer();
    player.isInterrupted = true;
    await expect(compare(player)).rejects.toThrow(ComparisonError);
    expect(player.settings).toEqual(defaultUserSettings);
  });

  it('measures a transport only when it is in use', async () => {
    const player = new NotingPlayer();
    const candidates = [
      { name: 'WebSocket', settings: { transport: 'websocket' } },
      { name: 'WebTransport', settings: { transport: 'webtransport' } },
    ] as const;
    await expect(compare(player, { candidates })).rejects.toThrow(
      'WebTransport could not be reached.',
    );
    expect(player.log.filter((entry) => entry === 'stop')).toHaveLength(1);
  });
});
