/** REPORT and RATE: what the client sees, and what the server makes of it (docs/protocol.md, "Reports"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { flowId, sequence, type FlowId, type Sequence } from '../flow.ts';
import { maxReportEntries, maxReportValues } from '../limits.ts';
import { micros, micros32, type Micros, type Micros32 } from '../time.ts';

const statusNames = ['complete', 'reset', 'expired', 'undecodable'] as const;

/** What became of a message: it came whole, was given up by its sender, was dropped unread, or cannot be decoded. */
export type MessageStatusName = (typeof statusNames)[number];

/** The fate of one message. */
export interface ReportEntry {
  readonly flow: FlowId;
  readonly seq: Sequence;
  readonly status: MessageStatusName;
  /** Payload bytes received. */
  readonly bytes: number;
  /** `sendTs` of its first unit. */
  readonly echo: Micros32;
  /** When its first byte arrived, on a clock of the client that is never set during a connection. */
  readonly first: Micros32;
  /** When its last byte arrived, on the same clock. */
  readonly last: Micros32;
}

/** What the client knows about itself; absent = not known, or unchanged. */
export interface ReportValues {
  /** Access units that wait in the video decoder. */
  readonly decodeQueue?: number;
  /** Audio decoded and not played yet, microseconds. */
  readonly audioBufferUs?: number;
  /** Sequence number of the newest video message that was shown. */
  readonly renderedSeq?: number;
  /** From capture to shown, microseconds, of that message. */
  readonly shownLatencyUs?: number;
  /** Times that audio ran dry since HELLO. */
  readonly underruns?: number;
  /** Frames decoded and not shown, since HELLO. */
  readonly lateFrames?: number;
  /** Of the message `renderedSeq`: from its first unit's `sendTs` until its last byte was there, microseconds. */
  readonly networkUs?: number;
  /** Of that message: from there until it was decoded, microseconds. */
  readonly decodeUs?: number;
  /** Of that message: from there until it was shown, microseconds. */
  readonly presentUs?: number;
}

/** What the client saw since its last report. */
export interface ReportUnit {
  readonly type: 'report';
  /** When it was written, on the clock of the entries. */
  readonly now: Micros32;
  /** At most 64. */
  readonly entries: readonly ReportEntry[];
  readonly values: ReportValues;
}

const rateStates = ['hold', 'increase', 'decrease'] as const;
/** What rate control is doing. */
export type RateStateName = (typeof rateStates)[number];

/** What the server makes of the link. For display only: the client obeys nothing here. */
export interface RateUnit {
  readonly type: 'rate';
  /** Bits per second that the encoder aims at. */
  readonly targetBps: number;
  /** Bits per second that the link carries. */
  readonly capacityBps: number;
  /** Queueing delay of the link. */
  readonly queue: Micros;
  readonly state: RateStateName;
}

const valueKeys = [
  ['decodeQueue', 1],
  ['audioBufferUs', 2],
  ['renderedSeq', 3],
  ['shownLatencyUs', 4],
  ['underruns', 5],
  ['lateFrames', 6],
  ['networkUs', 7],
  ['decodeUs', 8],
  ['presentUs', 9],
] as const satisfies readonly (readonly [keyof ReportValues, number])[];
const valueNames = new Map<number, keyof ReportValues>(valueKeys.map(([name, key]) => [key, name]));

/**
 * ```
 * 0x34 now:u32 n:i n*(flow:i seq:i status:u8 bytes:i echoTs:u32 first:u32 last:u32) (key:i value:i)*
 * ```
 */
export function writeReport(writer: ByteWriter, { now, entries, values }: ReportUnit): void {
  if (entries.length > maxReportEntries) {
    throw new RangeError(`n: expected at most ${maxReportEntries}, got ${entries.length}`);
  }
  writer.u32(now, 'now');
  writer.varint(entries.length, 'n');
  for (const entry of entries) writeEntry(writer, entry);
  for (const [name, key] of valueKeys) {
    const value = values[name];
    if (value === undefined) continue;
    writer.varint(key, 'key');
    writer.varint(value, name);
  }
}

export function readReport(reader: ByteReader): ReportUnit {
  const now = micros32(reader.u32('now'));
  const count = reader.varint('n');
  if (count > maxReportEntries) {
    throw new ProtocolError('E_SIZE', `n: expected at most ${maxReportEntries}, got ${count}`);
  }
  const entries = Array.from({ length: count }, () => readEntry(reader));
  return { type: 'report', now, entries, values: readValues(reader) };
}

function writeEntry(writer: ByteWriter, entry: ReportEntry): void {
  writer.varint(entry.flow, 'flow');
  writer.varint(entry.seq, 'seq');
  writer.u8(statusNames.indexOf(entry.status), 'status');
  writer.varint(entry.bytes, 'bytes');
  writer.u32(entry.echo, 'echoTs');
  writer.u32(entry.first, 'first');
  writer.u32(entry.last, 'last');
}

function readEntry(reader: ByteReader): ReportEntry {
  return {
    flow: flowId(reader.varint('flow')),
    seq: sequence(reader.varint('seq')),
    status: readName(reader, statusNames, 'status'),
    bytes: reader.varint('bytes'),
    echo: micros32(reader.u32('echoTs')),
    first: micros32(reader.u32('first')),
    last: micros32(reader.u32('last')),
  };
}

/** Keys that are not known are those of a later client: skipped. Of a key that comes twice the last one counts. */
function readValues(reader: ByteReader): ReportValues {
  const values: { -readonly [Name in keyof ReportValues]: number } = {};
  for (let count = 1; reader.remaining > 0; count += 1) {
    if (count > maxReportValues) {
      throw new ProtocolError('E_SIZE', `values: expected at most ${maxReportValues}, got more`);
    }
    const name = valueNames.get(reader.varint('key'));
    const value = reader.varint('value');
    if (name !== undefined) values[name] = value;
  }
  return values;
}

/** `0x35 targetBps:i capacityBps:i queueUs:i state:u8`. */
export function writeRate(writer: ByteWriter, unit: RateUnit): void {
  writer.varint(unit.targetBps, 'targetBps');
  writer.varint(unit.capacityBps, 'capacityBps');
  writer.varint(unit.queue, 'queueUs');
  writer.u8(rateStates.indexOf(unit.state), 'state');
}

export function readRate(reader: ByteReader): RateUnit {
  const targetBps = reader.varint('targetBps');
  const capacityBps = reader.varint('capacityBps');
  const queue = micros(reader.varint('queueUs'));
  return {
    type: 'rate',
    targetBps,
    capacityBps,
    queue,
    state: readName(reader, rateStates, 'state'),
  };
}

function readName<Name extends string>(
  reader: ByteReader,
  names: readonly Name[],
  field: string,
): Name {
  const value = reader.u8(field);
  const name = names[value];
  if (name === undefined) {
    throw new ProtocolError('E_RANGE', `${field}: expected 0 to ${names.length - 1}, got ${value}`);
  }
  return name;
}
