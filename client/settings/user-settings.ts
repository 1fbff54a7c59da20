/**
 * What a user can set. The stream's settings go to the gateway and hold as its answer says; the player's concern this
 * browser alone.
 */
import { ProtocolError } from '../../protocol/errors.ts';
import {
  latencyModes,
  presentationNames,
  type LatencyMode,
  type Presentation,
} from '../../protocol/latency-mode.ts';
import {
  mergeChange,
  defaultStreamSettings,
  readStreamChange,
  sendingMode,
  streamSettingNames,
  type SettingRange,
  type StreamChange,
  type StreamSettings,
} from '../../protocol/stream-settings.ts';
import { rungChoiceNamed, type RungChoice } from '../ladder/rungs.ts';
import type { Refused } from '../../protocol/control/stream.ts';
import { millis } from '../../protocol/time.ts';

/** Where pictures are drawn: a canvas, or a track in a video element; `auto` leaves it to the player. */
export const sinkNames = ['auto', 'canvas', 'track'] as const;

/** The settings of this browser's player. */
export interface PlayerSettings {
  readonly sink: (typeof sinkNames)[number];
  /** The rung of the ladder that the picture comes on. */
  readonly rung: RungChoice;
  readonly muted: boolean;
  /** 0 to 1, linear gain. */
  readonly volume: number;
  /** The client's half of mode `custom`, without effect in the other modes: audio held before it plays, ms. */
  readonly audioBufferMs: number;
  /** Audio beyond which the player drops down to `audioBufferMs`, ms; at least that. */
  readonly audioCapMs: number;
  readonly presentation: Presentation;
  /** The longest that video is held for the sake of audio or jitter, ms. */
  readonly videoHoldMs: number;
}

/** Everything that a user can set. */
export type UserSettings = StreamSettings & PlayerSettings;

/** Some of it; the rest stays. `custom` comes with `mode` `custom` and only with it. */
export type UserChange = Partial<UserSettings>;

/** What was not taken, and why: by the gateway, or sink and rung by this browser. */
export type RefusedSettings = Refused & {
  readonly sink?: 'unavailable';
  readonly rung?: 'unavailable';
};

/** What `Player.apply` ends with. */
export interface AppliedSettings {
  /** What holds now. */
  readonly settings: UserSettings;
  /** What was asked for and not taken, with the gateway's reasons; empty when everything was. */
  readonly refused: RefusedSettings;
}

/** Ranges of the player's numbers; ms but for the volume. Holding more than 2 s has nothing to do with live (guess). */
export const playerRanges = {
  volume: { least: 0, most: 1 },
  audioBufferMs: { least: 5, most: 2_000 },
  audioCapMs: { least: 20, most: 4_000 },
  videoHoldMs: { least: 0, most: 2_000 },
} as const satisfies Partial<Record<keyof PlayerSettings, SettingRange>>;

/** Names of the player's settings. */
export const playerSettingNames = [
  'sink',
  'rung',
  'muted',
  'volume',
  'audioBufferMs',
  'audioCapMs',
  'presentation',
  'videoHoldMs',
] as const satisfies readonly (keyof PlayerSettings)[];

/** What holds before anybody chose anything; a custom mode begins as `balanced`. */
export const defaultUserSettings: UserSettings = {
  ...defaultStreamSettings,
  sink: 'auto',
  rung: 'auto',
  muted: false,
  volume: 1,
  audioBufferMs: latencyModes.balanced.audioBuffer,
  audioCapMs: latencyModes.balanced.audioCap,
  presentation: latencyModes.balanced.presentation,
  videoHoldMs: latencyModes.balanced.videoHold,
};

/** The part of a change that the gateway has to know. */
export function streamChangeOf(change: UserChange): StreamChange {
  const names: readonly string[] = [...streamSettingNames, 'custom'];
  return Object.fromEntries(Object.entries(change).filter(([name]) => names.includes(name)));
}

/** The settings that hold for a user who has chosen `chosen`, once the gateway has said what the stream's are. */
export function settingsInForce(
  chosen: UserChange,
  stream: StreamSettings | undefined,
): UserSettings {
  const settings = mergeChange<UserSettings>(defaultUserSettings, chosen);
  if (stream === undefined) return settings;
  const player = Object.fromEntries(playerSettingNames.map((name) => [name, settings[name]]));
  // Exactly the names of PlayerSettings.
  return {
    ...stream,
    ...(player as unknown as PlayerSettings),
  };
}

/** Budgets, buffers and presentation of the mode in force, both halves of a custom one together. */
export function playbackMode(settings: UserSettings): LatencyMode {
  if (settings.mode !== 'custom') return latencyModes[settings.mode];
  return {
    ...sendingMode(settings),
    audioBuffer: millis(settings.audioBufferMs),
    audioBufferFollowsJitter: settings.presentation === 'jitterBuffer',
    audioCap: millis(Math.max(settings.audioCapMs, settings.audioBufferMs)),
    presentation: settings.presentation,
    videoHold: millis(settings.videoHoldMs),
  };
}

/**
 * Reads what this browser had stored, which an older or newer page or a curious user may have written: every setting that is
 * not valid counts as not chosen.
 */
export function readStoredSettings(stored: unknown): UserChange {
  if (typeof stored !== 'object' || stored === null) return {};
  const object = stored as Readonly<Record<string, unknown>>;
  let change: UserChange = {};
  for (const name of streamSettingNames) {
    if (!Object.hasOwn(object, name)) continue;
    const isCustom = name === 'mode' && object[name] === 'custom';
    const part = isCustom
      ? { mode: object[name], custom: object['custom'] }
      : { [name]: object[name] };
    change = mergeChange<UserChange>(change, validStreamChange(part));
  }
  for (const name of playerSettingNames) {
    if (isValidPlayerSetting(name, object[name])) change = { ...change, [name]: object[name] };
  }
  return change;
}

function validStreamChange(change: unknown): StreamChange {
  try {
    return readStreamChange(change, 'stored settings');
  } catch (error) {
    if (error instanceof ProtocolError) return {};
    throw error;
  }
}

function isValidPlayerSetting(name: keyof PlayerSettings, value: unknown): boolean {
  switch (name) {
    case 'sink':
      return (sinkNames as readonly unknown[]).includes(value);
    case 'rung':
      return rungChoiceNamed(value) !== undefined;
    case 'muted':
      return typeof value === 'boolean';
    case 'presentation':
      return (presentationNames as readonly unknown[]).includes(value);
    case 'volume':
    case 'audioBufferMs':
    case 'audioCapMs':
    case 'videoHoldMs': {
      const { least, most } = playerRanges[name];
      return typeof value === 'number' && value >= least && value <= most;
    }
  }
}
