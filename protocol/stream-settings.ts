/**
 * What a client may ask of its stream while it runs (docs/protocol.md, "Settings"). The values in force are what STREAM
 * says, not what was asked for.
 */

import { asObject, asNumber, asOneOf, asInteger, type JsonObject } from './control/json.ts';
import { ProtocolError } from './errors.ts';
import { latencyModeNames, latencyModes, type LatencyModeName } from './latency-mode.ts';
import { millis, type Millis } from './time.ts';
import { videoCodecNames, type VideoCodecName } from './video-codec.ts';

/** A latency mode of the user's own: the server's half of its values, milliseconds. */
export interface CustomMode {
  /** Queueing delay that rate control tolerates (Dt). */
  readonly delayTargetMs: number;
  /** `budget` of video messages. */
  readonly videoBudgetMs: number;
  /** `budget` of audio messages. */
  readonly audioBudgetMs: number;
}

/** Which of both gives way first on a slow link: `text` gives up frames before bits, `motion` bits before frames. */
export const qualityNames = ['text', 'motion'] as const;
export type QualityName = (typeof qualityNames)[number];

/** Lengths of a sound packet, milliseconds. */
export const audioFrameLengths = [5, 10, 20] as const;
export type AudioFrameMs = (typeof audioFrameLengths)[number];

/** `hidden`: no pictures for this client; sound goes on. */
export const videoVisibilities = ['shown', 'hidden'] as const;

/** `auto`: whatever carries more, chosen by client and server together; else the client's wish, which a server leaves alone. */
export const transportChoices = ['auto', 'webtransport', 'websocket'] as const;

/** Names of latency modes, the user's own among them. */
export const modeNames = [...latencyModeNames, 'custom'] as const;

/** Every setting of a stream. `auto` leaves the choice to the server. */
export interface StreamSettings {
  readonly mode: LatencyModeName | 'custom';
  /** Present exactly when `mode` is `custom`. */
  readonly custom?: CustomMode;
  readonly codec: VideoCodecName | 'auto';
  /** The most that the encoder produces, kbit/s. */
  readonly maxBitrateKbps: number | 'auto';
  /** Frames per second at most. */
  readonly maxFrameRate: number | 'auto';
  /** Factor on width and height of the desktop's picture. `auto` is 1, lowered by the server where the link carries little. */
  readonly scale: number | 'auto';
  readonly quality: QualityName;
  readonly audioBitrateKbps: number | 'auto';
  /** `auto`: what the mode says. */
  readonly audioFrameMs: AudioFrameMs | 'auto';
  readonly video: (typeof videoVisibilities)[number];
  readonly transport: (typeof transportChoices)[number];
}

/** Names a setting. `custom` belongs to `mode` and is not counted. */
export type StreamSettingName = Exclude<keyof StreamSettings, 'custom'>;

/** All of them. */
export const streamSettingNames = [
  'mode',
  'codec',
  'maxBitrateKbps',
  'maxFrameRate',
  'scale',
  'quality',
  'audioBitrateKbps',
  'audioFrameMs',
  'video',
  'transport',
] as const satisfies readonly StreamSettingName[];

/** Settings of the one encoder that all clients share: only the controller's are applied. */
export const encoderSettingNames = [
  'codec',
  'maxBitrateKbps',
  'maxFrameRate',
  'scale',
  'quality',
  'audioBitrateKbps',
  'audioFrameMs',
] as const satisfies readonly StreamSettingName[];

/** Whether a setting belongs to the encoder, and so to the controller. */
export const isEncoderSetting = (name: StreamSettingName): boolean =>
  (encoderSettingNames as readonly StreamSettingName[]).includes(name);

/** Some settings to change, the others stay. `custom` comes with `mode` `custom` and only with it. */
export type StreamChange = Partial<StreamSettings>;

/** From the least to the most, both allowed. */
export interface SettingRange {
  readonly least: number;
  readonly most: number;
}

/** Settings that are numbers, those of a custom mode among them. */
export type RangedName =
  'maxBitrateKbps' | 'maxFrameRate' | 'scale' | 'audioBitrateKbps' | keyof CustomMode;

/**
 * The widest ranges; a server may allow less (`policy` of STREAM), never more. Bit and frame rates: what the encoders are
 * driven with. Sound: what Opus takes (RFC 6716, section 2.1.1). Delays: below 5 ms the clock's own noise is overuse, and beyond 5 s
 * nothing is live (guesses).
 */
export const streamRanges: Readonly<Record<RangedName, SettingRange>> = {
  maxBitrateKbps: { least: 100, most: 500_000 },
  maxFrameRate: { least: 1, most: 240 },
  scale: { least: 0.25, most: 1 },
  audioBitrateKbps: { least: 6, most: 510 },
  delayTargetMs: { least: 5, most: 500 },
  videoBudgetMs: { least: 20, most: 5_000 },
  audioBudgetMs: { least: 20, most: 5_000 },
};

/** The names of `streamRanges`. */
export const rangedNames = Object.keys(streamRanges) as readonly RangedName[];

/** What holds where neither user nor operator said anything. */
export const defaultStreamSettings: StreamSettings = {
  mode: 'balanced',
  codec: 'auto',
  maxBitrateKbps: 'auto',
  maxFrameRate: 'auto',
  scale: 'auto',
  quality: 'text',
  audioBitrateKbps: 'auto',
  audioFrameMs: 'auto',
  video: 'shown',
  transport: 'auto',
};

/** The server's half of a latency mode. */
export interface SendingMode {
  readonly delayTarget: Millis;
  readonly videoBudget: Millis;
  readonly audioBudget: Millis;
  /** What `audioFrameMs` `auto` is. */
  readonly audioFrameMs: AudioFrameMs;
}

/** The server's half of the mode of some settings. */
export function sendingMode({
  mode,
  custom,
}: Pick<StreamSettings, 'mode' | 'custom'>): SendingMode {
  if (mode !== 'custom' || custom === undefined) {
    return latencyModes[mode === 'custom' ? defaultMode : mode];
  }
  return {
    delayTarget: millis(custom.delayTargetMs),
    videoBudget: millis(custom.videoBudgetMs),
    audioBudget: millis(custom.audioBudgetMs),
    audioFrameMs: latencyModes[defaultMode].audioFrameMs,
  };
}

const defaultMode = 'balanced' satisfies LatencyModeName;

/** Settings, or a change of them, after another change: `custom` goes when another mode comes. */
export function mergeChange<Settings extends StreamChange>(
  settings: Settings,
  change: Partial<Settings>,
): Settings {
  const merged: Settings = { ...settings, ...change };
  if (change.mode !== undefined && change.mode !== 'custom') {
    Reflect.deleteProperty(merged, 'custom');
  }
  return merged;
}

/**
 * Reads a change that came from outside.
 *
 * @throws {@link ProtocolError} E_JSON for a setting that is not known, has another type or is out of `streamRanges`, and
 * for `custom` without its mode or the mode without it.
 */
export function readStreamChange(value: unknown, field: string): StreamChange {
  const object = asObject(value, field);
  const change: { -readonly [Name in keyof StreamSettings]?: StreamSettings[Name] } = {};
  for (const name of Object.keys(object)) {
    if (!Object.hasOwn(readers, name)) {
      throw new ProtocolError('E_JSON', `${field}: expected settings that are known, got others`);
    }
    const known = name as keyof StreamSettings;
    Object.assign(change, { [known]: readers[known](object[known], `${field}.${known}`) });
  }
  if ((change.mode === 'custom') !== (change.custom !== undefined)) {
    const message = `${field}.custom: expected it with mode custom and only then`;
    throw new ProtocolError('E_JSON', message);
  }
  return change;
}

/** Reads settings of which none is left out; members that are not known are passed over, as the sender may be newer. */
export function readStreamSettings(value: unknown, field: string): StreamSettings {
  const object = asObject(value, field);
  const known: Record<string, unknown> = {};
  for (const name of Object.keys(readers)) {
    if (Object.hasOwn(object, name)) known[name] = object[name];
  }
  const change = readStreamChange(known, field);
  const missing = streamSettingNames.find((name) => change[name] === undefined);
  if (missing !== undefined) {
    throw new ProtocolError('E_JSON', `${field}.${missing}: expected a value, got none`);
  }
  return { ...defaultStreamSettings, ...change };
}

/**
 * Reads a number within a range.
 *
 * @throws {@link ProtocolError} E_JSON
 */
export function asRanged(value: unknown, field: string, { least, most }: SettingRange): number {
  const number = asNumber(value, field);
  if (number < least || number > most) {
    throw new ProtocolError('E_JSON', `${field}: expected ${least} to ${most}, got ${number}`);
  }
  return number;
}

type Reader = (value: unknown, field: string) => unknown;

const oneOf =
  (names: readonly string[]): Reader =>
  (value, field) =>
    asOneOf(value, field, names);

const orAuto =
  (read: Reader): Reader =>
  (value, field) =>
    value === 'auto' ? 'auto' : read(value, field);

const ranged =
  (name: RangedName, isWhole: boolean): Reader =>
  (value, field) =>
    asRanged(isWhole ? asInteger(value, field) : value, field, streamRanges[name]);

function readAudioFrame(value: unknown, field: string): AudioFrameMs {
  const length = audioFrameLengths.find((each) => each === value);
  if (length === undefined) {
    throw new ProtocolError('E_JSON', `${field}: expected ${audioFrameLengths.join(', ')} or auto`);
  }
  return length;
}

function readCustom(value: unknown, field: string): CustomMode {
  const object: JsonObject = asObject(value, field);
  const names = ['delayTargetMs', 'videoBudgetMs', 'audioBudgetMs'] as const;
  if (Object.keys(object).some((name) => !(names as readonly string[]).includes(name))) {
    throw new ProtocolError('E_JSON', `${field}: expected ${names.join(', ')} only`);
  }
  const read = (name: keyof CustomMode): number =>
    asRanged(asInteger(object[name], `${field}.${name}`), `${field}.${name}`, streamRanges[name]);
  return {
    delayTargetMs: read('delayTargetMs'),
    videoBudgetMs: read('videoBudgetMs'),
    audioBudgetMs: read('audioBudgetMs'),
  };
}

const readers: Readonly<Record<keyof StreamSettings, Reader>> = {
  mode: oneOf(modeNames),
  custom: readCustom,
  codec: oneOf([...videoCodecNames, 'auto']),
  maxBitrateKbps: orAuto(ranged('maxBitrateKbps', true)),
  maxFrameRate: orAuto(ranged('maxFrameRate', true)),
  scale: orAuto(ranged('scale', false)),
  quality: oneOf(qualityNames),
  audioBitrateKbps: orAuto(ranged('audioBitrateKbps', true)),
  audioFrameMs: orAuto(readAudioFrame),
  video: oneOf(videoVisibilities),
  transport: oneOf(transportChoices),
};
