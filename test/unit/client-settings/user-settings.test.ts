import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultUserSettings,
  playbackMode,
  playerRanges,
  readStoredSettings,
  settingsInForce,
  streamChangeOf,
  type UserChange,
} from '../../../client/settings/user-settings.ts';
import { latencyModes } from '../../../protocol/latency-mode.ts';
import { defaultStreamSettings, mergeChange } from '../../../protocol/stream-settings.ts';
import { streamChange } from '../../property/protocol/arbitraries.ts';

const custom = { delayTargetMs: 15, videoBudgetMs: 120, audioBudgetMs: 100 };

describe('readStoredSettings', () => {
  it('keeps what is valid and passes over the rest', () => {
    const stored = {
      mode: 'instant',
      codec: 'theora',
      maxFrameRate: 1000,
      scale: 0.5,
      muted: 'yes',
      volume: 0.3,
      audioBufferMs: playerRanges.audioBufferMs.most + 1,
      presentation: 'newest',
      unknown: 1,
    };
    expect(readStoredSettings(stored)).toEqual({
      mode: 'instant',
      scale: 0.5,
      volume: 0.3,
      presentation: 'newest',
    });
  });

  it('takes a custom mode only with its values', () => {
    expect(readStoredSettings({ mode: 'custom', custom })).toEqual({ mode: 'custom', custom });
    expect(readStoredSettings({ mode: 'custom' })).toEqual({});
    expect(readStoredSettings({ mode: 'movie', custom })).toEqual({ mode: 'movie' });
  });

  it('reads back what it gave, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        const once = readStoredSettings(stored);
        expect(readStoredSettings(JSON.parse(JSON.stringify(once)))).toEqual(once);
      }),
    );
    fc.assert(
      fc.property(streamChange, (change) => {
        expect(readStoredSettings(JSON.parse(JSON.stringify(change)))).toEqual(change);
      }),
    );
  });
});

describe('settingsInForce', () => {
  it('lets the gateway decide about the stream and the user about the player', () => {
    const chosen = { mode: 'instant', volume: 0.5 } as const;
    expect(settingsInForce(chosen, undefined)).toEqual({ ...defaultUserSettings, ...chosen });
    const stream = { ...defaultStreamSettings, mode: 'movie' } as const;
    expect(settingsInForce(chosen, stream)).toEqual({
      ...defaultUserSettings,
      ...stream,
      volume: 0.5,
    });
  });

  it('has no custom values in another mode', () => {
    const chosen = mergeChange<UserChange>({ mode: 'custom', custom }, { mode: 'smooth' });
    expect(chosen).toEqual({ mode: 'smooth' });
    expect(settingsInForce({ mode: 'custom', custom }, defaultStreamSettings)).not.toHaveProperty(
      'custom',
    );
  });
});

describe('playbackMode', () => {
  it('is the table but for a custom mode, which joins both halves', () => {
    expect(playbackMode({ ...defaultUserSettings, mode: 'smooth' })).toEqual(latencyModes.smooth);
    const player = { audioBufferMs: 30, audioCapMs: 20, videoHoldMs: 7 };
    const mode = playbackMode({
      ...defaultUserSettings,
      ...player,
      presentation: 'synchronized',
      mode: 'custom',
      custom,
    });
    expect(mode).toMatchObject({
      delayTarget: 15,
      videoBudget: 120,
      audioBudget: 100,
      audioBuffer: 30,
      audioCap: 30,
      videoHold: 7,
      presentation: 'synchronized',
    });
  });
});

it('streamChangeOf keeps the player’s own to itself', () => {
  const change = {
    volume: 1,
    muted: true,
    sink: 'canvas',
    mode: 'custom',
    custom,
    scale: 1,
  } as const;
  expect(streamChangeOf(change)).toEqual({ mode: 'custom', custom, scale: 1 });
});
