/** SETTINGS and STREAM: what a client asks of its stream, and what it gets (docs/protocol.md, "Settings"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import {
  asRanged,
  rangedNames,
  readStreamChange,
  readStreamSettings,
  streamRanges,
  streamSettingNames,
  type RangedName,
  type SettingRange,
  type StreamChange,
  type StreamSettingName,
  type StreamSettings,
} from '../stream-settings.ts';
import { videoCodecNames, type VideoCodecName } from '../video-codec.ts';
import {
  asBoolean,
  asInteger,
  asList,
  asNumber,
  asObject,
  asOneOf,
  asText,
  readJsonObject,
  writeJsonObject,
  type JsonObject,
} from './json.ts';

/** Asks for other settings; answered by STREAM. */
export interface SettingsUnit {
  readonly type: 'settings';
  /** Numbers the requests of a connection, from 1. */
  readonly id: number;
  readonly settings: StreamChange;
}

/**
 * Why a setting was not taken:
 * - `locked`: the operator has fixed it;
 * - `range`: it is outside of what the operator allows;
 * - `viewer`: it belongs to the one who has control; it is kept and applied when control comes;
 * - `unavailable`: this server cannot do it, or this client cannot decode it.
 */
export const refusalReasons = ['locked', 'range', 'viewer', 'unavailable'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Settings that were asked for and not taken. */
export type Refused = Readonly<Partial<Record<StreamSettingName, RefusalReason>>>;

/** What the encoder makes. */
export interface VideoFacts {
  /** Codec string (W3C WebCodecs registry) of the stream as it runs. */
  readonly codec: string;
  readonly name: VideoCodecName;
  /** The server's name for what encodes, for people. */
  readonly encoder: string;
  /** Pixels of the encoded picture. */
  readonly width: number;
  readonly height: number;
  /** Frames per second that the encoder is set to now; the link may have lowered it. */
  readonly frameRate: number;
}

/** What the sound's encoder makes. */
export interface AudioFacts {
  readonly bitrateKbps: number;
  /** Length of a packet, milliseconds. */
  readonly frameMs: number;
}

/** What the operator allows. */
export interface StreamPolicy {
  /** Settings that nobody changes. */
  readonly locked: readonly StreamSettingName[];
  readonly ranges: Readonly<Record<RangedName, SettingRange>>;
  /** What holds for a client that asks for nothing; absent = `defaultStreamSettings`. */
  readonly defaults?: StreamSettings;
}

/** Everything that a client can know about the settings of its stream. */
export interface StreamFacts {
  /** `id` of the SETTINGS that this answers; 0 = nobody asked. */
  readonly answers: number;
  /** What is in force for this client. */
  readonly settings: StreamSettings;
  /** Size of the desktop in pixels, which INPUT is measured in; the encoded picture may be smaller. */
  readonly desktop: { readonly width: number; readonly height: number };
  readonly video: VideoFacts;
  /** Absent without sound. */
  readonly audio?: AudioFacts;
  /** What `codec` can be set to. */
  readonly offers: { readonly codecs: readonly VideoCodecName[] };
  readonly policy: StreamPolicy;
  /** Set while the desktop does not answer: its picture stands still and input goes nowhere, until it is back. */
  readonly isAway?: true;
  /** Whether this client's encoder settings are applied. */
  readonly controls: boolean;
  /** What of the answered SETTINGS was not taken, and why; absent when everything was. */
  readonly refused?: Refused;
}

/** The settings in force, as an answer or because they changed. */
export interface StreamUnit {
  readonly type: 'stream';
  readonly stream: StreamFacts;
}

/** `0x2d json`. */
export function writeSettings(writer: ByteWriter, { id, settings }: SettingsUnit): void {
  writeJsonObject(writer, { id, settings }, 'settings');
}

export function readSettings(reader: ByteReader): SettingsUnit {
  const object = readJsonObject(reader, 'settings');
  return {
    type: 'settings',
    id: asInteger(object['id'], 'id', 1),
    settings: readStreamChange(object['settings'], 'settings'),
  };
}

/** `0x2e json`. */
export function writeStream(writer: ByteWriter, { stream }: StreamUnit): void {
  writeJsonObject(writer, stream, 'stream');
}

export function readStream(reader: ByteReader): StreamUnit {
  const object = readJsonObject(reader, 'stream');
  const offers = asObject(object['offers'], 'offers');
  const desktop = asObject(object['desktop'], 'desktop');
  const stream = {
    answers: asInteger(object['answers'], 'answers'),
    settings: readStreamSettings(object['settings'], 'settings'),
    desktop: {
      width: asInteger(desktop['width'], 'desktop.width', 1),
      height: asInteger(desktop['height'], 'desktop.height', 1),
    },
    video: readVideo(asObject(object['video'], 'video')),
    ...readAudio(object['audio']),
    offers: { codecs: readKnown(offers['codecs'], 'offers.codecs', videoCodecNames) },
    policy: readPolicy(asObject(object['policy'], 'policy')),
    ...readAway(object['isAway']),
    controls: asBoolean(object['controls'], 'controls'),
    ...readRefused(object['refused']),
  };
  return { type: 'stream', stream };
}

function readVideo(object: JsonObject): VideoFacts {
  return {
    codec: asText(object['codec'], 'video.codec', { maxLength: 64 }),
    name: asOneOf(object['name'], 'video.name', videoCodecNames),
    encoder: asText(object['encoder'], 'video.encoder', { maxLength: 64 }),
    width: asInteger(object['width'], 'video.width', 1),
    height: asInteger(object['height'], 'video.height', 1),
    frameRate: asNumber(object['frameRate'], 'video.frameRate'),
  };
}

function readAudio(value: unknown): { readonly audio?: AudioFacts } {
  if (value === undefined) return {};
  const object = asObject(value, 'audio');
  return {
    audio: {
      bitrateKbps: asNumber(object['bitrateKbps'], 'audio.bitrateKbps'),
      frameMs: asInteger(object['frameMs'], 'audio.frameMs', 1),
    },
  };
}

function readAway(value: unknown): { readonly isAway?: true } {
  return value !== undefined && asBoolean(value, 'isAway') ? { isAway: true } : {};
}

function readPolicy(object: JsonObject): StreamPolicy {
  const given = asObject(object['ranges'], 'policy.ranges');
  const ranges: Record<RangedName, SettingRange> = { ...streamRanges };
  for (const name of rangedNames) {
    if (given[name] !== undefined) ranges[name] = readRange(given[name], name);
  }
  const defaults = object['defaults'];
  return {
    locked: readKnown(object['locked'], 'policy.locked', streamSettingNames),
    ranges,
    ...(defaults === undefined
      ? {}
      : { defaults: readStreamSettings(defaults, 'policy.defaults') }),
  };
}

function readRange(value: unknown, name: RangedName): SettingRange {
  const object = asObject(value, `policy.ranges.${name}`);
  const widest = streamRanges[name];
  return {
    least: asRanged(object['least'], `policy.ranges.${name}.least`, widest),
    most: asRanged(object['most'], `policy.ranges.${name}.most`, widest),
  };
}

function readRefused(value: unknown): { readonly refused?: Refused } {
  if (value === undefined) return {};
  const object = asObject(value, 'refused');
  const refused: { -readonly [Name in keyof Refused]: Refused[Name] } = {};
  for (const name of streamSettingNames) {
    if (object[name] === undefined) continue;
    refused[name] = asOneOf(object[name], `refused.${name}`, refusalReasons);
  }
  return { refused };
}

/** A list of names of which a newer server may know more. */
function readKnown<Name extends string>(
  value: unknown,
  field: string,
  names: readonly Name[],
): readonly Name[] {
  const text = (each: unknown) => asText(each, field, { maxLength: 64 });
  const given = asList(value, field, { maxItems: 64, item: text });
  return names.filter((name) => given.includes(name));
}
