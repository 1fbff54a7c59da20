/** Data units: everything that carries messages (docs/protocol.md, "Data units"). */

import { ByteReader } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { flowId, type FlowId } from './flow.ts';
import { maxMessageBytes } from './limits.ts';
import { readHeader, type MessageHeader } from './message-header.ts';
import { micros32, type Micros32 } from './time.ts';
import { UnitId } from './unit-id.ts';

/** MSG: a whole message. */
export interface MessageUnit {
  readonly type: 'message';
  /** When it was written. */
  readonly sendTime: Micros32;
  readonly header: MessageHeader;
  /** A view of the unit. */
  readonly payload: Uint8Array;
}

/** FRAG_FIRST: the header, the length of the whole payload and its first bytes. */
export interface FragmentFirstUnit {
  readonly type: 'fragmentFirst';
  readonly sendTime: Micros32;
  readonly header: MessageHeader;
  /** Bytes of the whole payload, this fragment's included. */
  readonly totalLength: number;
  /** A view of the unit. */
  readonly bytes: Uint8Array;
}

/** FRAG_MID: more bytes of the message that is open on the flow. */
export interface FragmentMiddleUnit {
  readonly type: 'fragmentMiddle';
  readonly sendTime: Micros32;
  readonly flow: FlowId;
  /** A view of the unit. */
  readonly bytes: Uint8Array;
}

/** FRAG_LAST: the remaining bytes of the message that is open on the flow. */
export interface FragmentLastUnit {
  readonly type: 'fragmentLast';
  readonly sendTime: Micros32;
  readonly flow: FlowId;
  /** A view of the unit. */
  readonly bytes: Uint8Array;
}

/** PAD: fills the link to measure it; its bytes mean nothing and count in acknowledgements. */
export interface PaddingUnit {
  readonly type: 'padding';
  /** Bytes of the unit, the first one included; at least 1. */
  readonly length: number;
}

/** A unit that carries (a part of) a message, or padding. */
export type DataUnit =
  MessageUnit | FragmentFirstUnit | FragmentMiddleUnit | FragmentLastUnit | PaddingUnit;

/**
 * Decodes one data unit; payloads are views of `bytes`.
 *
 * @throws {@link ProtocolError} when the unit is malformed or no data unit.
 */
export function decodeDataUnit(bytes: Uint8Array): DataUnit {
  const reader = new ByteReader(bytes);
  const id = reader.u8('unit');
  switch (id) {
    case UnitId.padding:
      return { type: 'padding', length: bytes.length };
    case UnitId.message:
      return readMessage(reader);
    case UnitId.fragmentFirst:
      return readFragmentFirst(reader);
    case UnitId.fragmentMiddle:
      return { type: 'fragmentMiddle', ...readFragmentRest(reader) };
    case UnitId.fragmentLast:
      return { type: 'fragmentLast', ...readFragmentRest(reader) };
    default:
      throw new ProtocolError(
        'E_UNIT_UNKNOWN',
        `unit: expected a data unit, got 0x${id.toString(16)}`,
      );
  }
}

/**
 * Padding of a size.
 *
 * @param length bytes of the unit, at least 1.
 */
export function encodePadding(length: number): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`length: expected an integer of at least 1, got ${length}`);
  }
  return new Uint8Array(length);
}

/** Reads the body of a MSG behind its first byte. */
function readMessage(reader: ByteReader): MessageUnit {
  const sendTime = micros32(reader.u32('sendTs'));
  const header = readHeader(reader);
  const payload = reader.rest();
  if (payload.length > maxMessageBytes) {
    const message = `payload: expected at most ${maxMessageBytes} bytes, got ${payload.length}`;
    throw new ProtocolError('E_SIZE', message);
  }
  return { type: 'message', sendTime, header, payload };
}

/** Reads the body of a FRAG_FIRST behind its first byte. */
function readFragmentFirst(reader: ByteReader): FragmentFirstUnit {
  const sendTime = micros32(reader.u32('sendTs'));
  const header = readHeader(reader);
  const totalLength = reader.varint('totalLen');
  const bytes = reader.rest();
  if (totalLength > maxMessageBytes) {
    const message = `totalLen: expected at most ${maxMessageBytes}, got ${totalLength}`;
    throw new ProtocolError('E_SIZE', message);
  }
  if (bytes.length > totalLength) {
    const message = `totalLen: expected at least the ${bytes.length} bytes here, got ${totalLength}`;
    throw new ProtocolError('E_RANGE', message);
  }
  return { type: 'fragmentFirst', sendTime, header, totalLength, bytes };
}

type FragmentRest = Pick<FragmentLastUnit, 'sendTime' | 'flow' | 'bytes'>;

/** Reads the body of a FRAG_MID or FRAG_LAST behind its first byte. */
function readFragmentRest(reader: ByteReader): FragmentRest {
  const sendTime = micros32(reader.u32('sendTs'));
  const flow = flowId(reader.varint('flow'));
  return { sendTime, flow, bytes: reader.rest() };
}
