/** The header that MSG and FRAG_FIRST share (docs/protocol.md, "Message header"). */

import { ByteReader, ByteWriter, varintBytes } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import type { Extension } from './extension.ts';
import { flowId, sequence, type FlowId, type Sequence } from './flow.ts';
import { maxExtensionBytes } from './limits.ts';
import { readStreamCodec, STREAM_CODEC } from './stream-codec.ts';
import { micros, millis, toWireMillis, type Micros, type Micros32, type Millis } from './time.ts';

/** Which layer of a scalable stream a message belongs to. */
export interface Layer {
  /** Temporal id, 0-7; 0 is the base. */
  readonly temporal: number;
  /** Spatial id, 0-3; 0 is the base. */
  readonly spatial: number;
  /** Strict priority, 0-7, higher first (`Priority`). */
  readonly priority: number;
}

/** What is known about a message before its payload. */
export interface MessageHeader {
  readonly flow: FlowId;
  /** Counts every message queued on the flow, abandoned ones too. */
  readonly seq: Sequence;
  /** When the content came into being, on the session clock. */
  readonly captureTime: Micros;
  /** The message is worth sending until `captureTime` + `budget`; 0 = always. Whole milliseconds on the wire. */
  readonly budget: Millis;
  /** Depends on nothing earlier: an IDR picture, and every Opus packet, cursor image and clipboard part. */
  readonly key: boolean;
  /** Nothing later depends on it. */
  readonly discardable: boolean;
  /** Decoding is right again from here on, although not a keyframe. */
  readonly recovery: boolean;
  /** Decode it, do not show it. */
  readonly late: boolean;
  /** The timeline of captureTime is interrupted before this message. */
  readonly epoch: boolean;
  readonly layer: Layer;
  /** 0 for `key`; else the message is decodable if message `seq - dependency` was decoded. 1 when absent on the wire. */
  readonly dependency: number;
  readonly extensions: readonly Extension[];
}

const Flag = {
  key: 1,
  discardable: 2,
  dependency: 4,
  extensions: 8,
  recovery: 16,
  late: 32,
  epoch: 64,
  reserved: 128,
} as const;

/**
 * Starts a unit that carries a header, in a writer large enough for `extra` more bytes.
 *
 * @throws RangeError when a field of the header does not fit.
 */
export function startHeaderUnit(
  id: number,
  unit: { readonly sendTime: Micros32; readonly header: MessageHeader; readonly extra: number },
): ByteWriter {
  const { header } = unit;
  const budget = toWireMillis(header.budget);
  const hasDependency = checkDependency(header);
  const extensions = extensionBytes(header.extensions);
  const writer = new ByteWriter(headerBytes(header, hasDependency, extensions) + 5 + unit.extra);
  writer.u8(id, 'unit');
  writer.u32(unit.sendTime, 'sendTs');
  writer.u8(flagsOf(header, hasDependency), 'flags');
  writer.varint(header.flow, 'flow');
  writer.varint(header.seq, 'seq');
  writer.varint(header.captureTime, 'ts');
  writer.varint(budget, 'budget');
  writer.u8(packLayer(header.layer), 'layer');
  if (hasDependency) writer.varint(header.dependency, 'dep');
  if (header.extensions.length > 0) {
    writer.varint(extensions, 'extLen');
    for (const { id: extensionId, bytes } of header.extensions) {
      writer.varint(extensionId, 'ext.id');
      writer.varint(bytes.length, 'ext.len');
      writer.bytes(bytes);
    }
  }
  return writer;
}

/** Reads `Hdr`. */
export function readHeader(reader: ByteReader): MessageHeader {
  const flags = reader.u8('flags');
  if ((flags & Flag.reserved) !== 0) {
    throw new ProtocolError('E_RESERVED', 'flags: expected bit 7 to be 0, got 1');
  }
  const key = (flags & Flag.key) !== 0;
  const flow = flowId(reader.varint('flow'));
  const seq = sequence(reader.varint('seq'));
  const captureTime = micros(reader.varint('ts'));
  const budget = millis(reader.varint('budget'));
  const layer = reader.u8('layer');
  const hasDependency = (flags & Flag.dependency) !== 0;
  if (key && hasDependency) {
    throw new ProtocolError('E_DEP_ON_KEY', 'flags: expected no dep with key, got both');
  }
  const dependency = hasDependency ? reader.varint('dep') : key ? 0 : 1;
  if (!key && (dependency === 0 || dependency > seq)) {
    throw new ProtocolError('E_DEP_RANGE', `dep: expected 1 to seq ${seq}, got ${dependency}`);
  }
  return {
    flow,
    seq,
    captureTime,
    budget,
    key,
    discardable: (flags & Flag.discardable) !== 0,
    recovery: (flags & Flag.recovery) !== 0,
    late: (flags & Flag.late) !== 0,
    epoch: (flags & Flag.epoch) !== 0,
    layer: { temporal: layer & 7, spatial: (layer >> 3) & 3, priority: layer >> 5 },
    dependency,
    extensions: (flags & Flag.extensions) !== 0 ? readExtensions(reader) : noExtensions,
  };
}

const noExtensions: readonly Extension[] = [];

function readExtensions(reader: ByteReader): readonly Extension[] {
  const length = reader.varint('extLen');
  if (length > maxExtensionBytes) {
    const message = `extLen: expected at most ${maxExtensionBytes} bytes, got ${length}`;
    throw new ProtocolError('E_EXT_SIZE', message);
  }
  const block = new ByteReader(reader.bytes(length, 'ext'));
  const extensions: Extension[] = [];
  while (block.remaining > 0) extensions.push(readExtension(block));
  // A wrong one must not wait for somebody to ask.
  readStreamCodec(extensions);
  return extensions;
}

function readExtension(block: ByteReader): Extension {
  try {
    const id = block.varint('ext.id');
    if (isUnknownCritical(id)) {
      const message = `ext.id: expected an even or known id, got ${id}`;
      throw new ProtocolError('E_EXT_UNKNOWN_CRITICAL', message);
    }
    return { id, bytes: block.bytes(block.varint('ext.len'), 'ext') };
  } catch (cause) {
    // Inside the block the unit is not short of bytes: the extension claims more than extLen gave it.
    if (cause instanceof ProtocolError && cause.code === 'E_TRUNCATED') {
      throw new ProtocolError('E_EXT_SIZE', `ext: ${cause.message} inside extLen`, { cause });
    }
    throw cause;
  }
}

function flagsOf(header: MessageHeader, hasDependency: boolean): number {
  return (
    (header.key ? Flag.key : 0) |
    (header.discardable ? Flag.discardable : 0) |
    (hasDependency ? Flag.dependency : 0) |
    (header.extensions.length > 0 ? Flag.extensions : 0) |
    (header.recovery ? Flag.recovery : 0) |
    (header.late ? Flag.late : 0) |
    (header.epoch ? Flag.epoch : 0)
  );
}

/** Whether `dep` goes on the wire: not for a key, and not for 1, which absence means. */
function checkDependency({ key, dependency, seq }: MessageHeader): boolean {
  if (key ? dependency !== 0 : dependency < 1 || dependency > seq) {
    const expected = key ? '0 with key' : `1 to seq ${seq}`;
    throw new RangeError(`dependency: expected ${expected}, got ${dependency}`);
  }
  return !key && dependency !== 1;
}

function packLayer({ temporal, spatial, priority }: Layer): number {
  if (!(isWithin(temporal, 7) && isWithin(spatial, 3) && isWithin(priority, 7))) {
    const actual = `${temporal}, ${spatial} and ${priority}`;
    throw new RangeError(
      `layer: expected temporal 0 to 7, spatial 0 to 3, priority 0 to 7, got ${actual}`,
    );
  }
  return temporal | (spatial << 3) | (priority << 5);
}

const isUnknownCritical = (id: number): boolean => id % 2 === 1 && id !== STREAM_CODEC;

const isWithin = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= most;

function extensionBytes(extensions: readonly Extension[]): number {
  let total = 0;
  for (const { id, bytes } of extensions) {
    if (isUnknownCritical(id)) {
      throw new RangeError(`ext.id: expected an even or known id, got ${id}`);
    }
    total += varintBytes(id) + varintBytes(bytes.length) + bytes.length;
  }
  if (total > maxExtensionBytes) {
    throw new RangeError(`ext: expected at most ${maxExtensionBytes} bytes, got ${total}`);
  }
  return total;
}

function headerBytes(header: MessageHeader, hasDependency: boolean, extensions: number): number {
  return (
    2 +
    varintBytes(header.flow) +
    varintBytes(header.seq) +
    varintBytes(header.captureTime) +
    varintBytes(toWireMillis(header.budget)) +
    (hasDependency ? varintBytes(header.dependency) : 0) +
    (header.extensions.length > 0 ? varintBytes(extensions) + extensions : 0)
  );
}
