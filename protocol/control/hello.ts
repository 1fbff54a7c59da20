/** HELLO and HELLO_ACK: what client and server agree on (docs/protocol.md, "Negotiation"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { latencyModeNames, type LatencyModeName } from '../latency-mode.ts';
import { clientLimits, type ClientLimits } from '../limits.ts';
import { micros, type Micros } from '../time.ts';
import {
  asBoolean,
  asInteger,
  asList,
  asObject,
  asOneOf,
  asText,
  readJsonObject,
  writeJsonObject,
  type JsonObject,
} from './json.ts';
import { roleNames, type RoleName } from './role.ts';

/** The version of this protocol. */
export const protocolVersion = 1;

/** What a client can and wants. */
export interface Hello {
  /** Versions that it speaks, most wanted first; 1 to 16 of them. */
  readonly versions: readonly number[];
  /** Codec strings of video that it decodes (W3C WebCodecs registry), most wanted first; at most 64. */
  readonly video: readonly string[];
  /** Codec strings of audio that it decodes, most wanted first; at most 64. */
  readonly audio: readonly string[];
  /** Pixels; absent = no limit known. */
  readonly maxWidth?: number;
  /** Pixels; absent = no limit known. */
  readonly maxHeight?: number;
  /** Frames per second; absent = no limit known. */
  readonly maxFrameRate?: number;
  /** Absent = what the server is set to. */
  readonly mode?: LatencyModeName;
  /** The `resume` of an earlier HELLO_ACK, to take that session up again. */
  readonly resume?: string;
  /** `session` of the connection that this one replaces while both live: a move between transports. */
  readonly move?: string;
  /** Whether the user has chosen the transport, so that the server asks for no move; absent = no. */
  readonly pinned?: boolean;
  /** Names of the transports that the client can move to; absent = `webtransport` and `websocket`. At most 16. */
  readonly transports?: readonly string[];
}

/** What a server answers. */
export interface HelloAck {
  /** The version that both speak from now on; one of the client's. */
  readonly version: number;
  /** Names the session in logs, and where a page says that it leaves; no secret, and no right comes from knowing it. */
  readonly session: string;
  /** Secret that takes this session up again; absent when it cannot be resumed. */
  readonly resume?: string;
  /** The session clock when this was written: the client's first estimate. */
  readonly clock: Micros;
  /** Whether INPUT has an effect, until ROLE says otherwise. */
  readonly role: RoleName;
  /** Whether this login may have control: its INPUT takes control when nobody has it. */
  readonly mayControl: boolean;
  /** The desktop picture in pixels. */
  readonly desktop: { readonly width: number; readonly height: number };
  /** What the client may send. */
  readonly limits: ClientLimits;
  /**
   * Present when this connection continues the one that `move` named: input events are numbered on from there, and this is the
   * number of the first one that the server has not taken yet.
   */
  readonly input?: number;
  /** How many requests may be unanswered at once (REQUEST); absent = the server takes none. */
  readonly requests?: number;
}

/** The first unit of a client (after AUTH, where that is used). */
export interface HelloUnit {
  readonly type: 'hello';
  readonly hello: Hello;
}

/** The first unit of a server, apart from ERROR. */
export interface HelloAckUnit {
  readonly type: 'helloAck';
  readonly helloAck: HelloAck;
}

const codecText = (value: unknown, field: string) => asText(value, field, { maxLength: 64 });
const transportName = (value: unknown, field: string) => asText(value, field, { maxLength: 32 });
const versionNumber = (value: unknown, field: string) => asInteger(value, field, 1);
const tokenBounds = { maxLength: 1_024 };

export function writeHello(writer: ByteWriter, { hello }: HelloUnit): void {
  writeJsonObject(writer, hello, 'hello');
}

export function readHello(reader: ByteReader): HelloUnit {
  const object = readJsonObject(reader, 'hello');
  const hello = {
    versions: asList(object['versions'], 'versions', { maxItems: 16, item: versionNumber }),
    video: asList(object['video'], 'video', { maxItems: 64, item: codecText }),
    audio: asList(object['audio'], 'audio', { maxItems: 64, item: codecText }),
    ...optionalSize(object, 'maxWidth'),
    ...optionalSize(object, 'maxHeight'),
    ...optionalSize(object, 'maxFrameRate'),
    ...optionalMode(object),
    ...optionalResume(object),
    ...optionalMove(object),
    ...optionalPinned(object),
    ...optionalTransports(object),
  };
  return { type: 'hello', hello };
}

export function writeHelloAck(writer: ByteWriter, { helloAck }: HelloAckUnit): void {
  writeJsonObject(writer, helloAck, 'hello ack');
}

export function readHelloAck(reader: ByteReader): HelloAckUnit {
  const object = readJsonObject(reader, 'hello ack');
  const desktop = asObject(object['desktop'], 'desktop');
  const helloAck = {
    version: asInteger(object['version'], 'version', 1),
    session: asText(object['session'], 'session', tokenBounds),
    ...optionalResume(object),
    clock: micros(asInteger(object['clock'], 'clock')),
    role: asOneOf(object['role'], 'role', roleNames),
    mayControl: asBoolean(object['mayControl'], 'mayControl'),
    desktop: {
      width: asInteger(desktop['width'], 'desktop.width', 1),
      height: asInteger(desktop['height'], 'desktop.height', 1),
    },
    limits: readLimits(asObject(object['limits'], 'limits')),
    ...optionalInput(object),
    ...optionalRequests(object),
  };
  return { type: 'helloAck', helloAck };
}

/** A limit that is absent has the value of the specification: the server may be older than the limit. */
function readLimits(object: JsonObject): ClientLimits {
  const limit = (name: keyof ClientLimits) =>
    object[name] === undefined ? clientLimits[name] : asInteger(object[name], `limits.${name}`);
  return {
    unitBytes: limit('unitBytes'),
    messageBytes: limit('messageBytes'),
    inputBytes: limit('inputBytes'),
    inputUnitsPerSecond: limit('inputUnitsPerSecond'),
    inputEventsPerSecond: limit('inputEventsPerSecond'),
    flows: limit('flows'),
    pingsPerSecond: limit('pingsPerSecond'),
    reportsPerSecond: limit('reportsPerSecond'),
    settingsPerSecond: limit('settingsPerSecond'),
    clipboardPartBytes: limit('clipboardPartBytes'),
  };
}

function optionalSize<Name extends 'maxWidth' | 'maxHeight' | 'maxFrameRate'>(
  object: JsonObject,
  name: Name,
): Partial<Record<Name, number>> {
  const value = object[name];
  if (value === undefined) return {};
  const size: Partial<Record<Name, number>> = {};
  size[name] = asInteger(value, name, 1);
  return size;
}

function optionalMode(object: JsonObject): { readonly mode?: LatencyModeName } {
  const value = object['mode'];
  return value === undefined ? {} : { mode: asOneOf(value, 'mode', latencyModeNames) };
}

function optionalResume(object: JsonObject): { readonly resume?: string } {
  const value = object['resume'];
  return value === undefined ? {} : { resume: asText(value, 'resume', tokenBounds) };
}

function optionalMove(object: JsonObject): { readonly move?: string } {
  const value = object['move'];
  return value === undefined ? {} : { move: asText(value, 'move', tokenBounds) };
}

function optionalPinned(object: JsonObject): { readonly pinned?: boolean } {
  const value = object['pinned'];
  return value === undefined ? {} : { pinned: asBoolean(value, 'pinned') };
}

function optionalTransports(object: JsonObject): { readonly transports?: readonly string[] } {
  const value = object['transports'];
  if (value === undefined) return {};
  return { transports: asList(value, 'transports', { maxItems: 16, item: transportName }) };
}

function optionalInput(object: JsonObject): { readonly input?: number } {
  const value = object['input'];
  return value === undefined ? {} : { input: asInteger(value, 'input') };
}

function optionalRequests(object: JsonObject): { readonly requests?: number } {
  const value = object['requests'];
  return value === undefined ? {} : { requests: asInteger(value, 'requests', 1) };
}
