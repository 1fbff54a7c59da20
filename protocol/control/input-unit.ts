/** INPUT and INPUT_ACK (docs/protocol.md, "Input"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { readInputEvent, writeInputEvent, type InputEvent } from '../input.ts';
import { maxInputBytes, maxInputEvents } from '../limits.ts';
import { micros32, type Micros32 } from '../time.ts';

/** Events of the client, at most 64 and 1,000 bytes. May repeat events that are not acknowledged. */
export interface InputUnit {
  readonly type: 'input';
  /** When it was written, on the session clock as the client estimates it. */
  readonly sendTime: Micros32;
  /** Number of the first event; the others follow. The first event of a connection is 0. */
  readonly first: number;
  readonly events: readonly InputEvent[];
}

/** What the server has taken. */
export interface InputAckUnit {
  readonly type: 'inputAck';
  /** Events taken since the connection began: the number of the first that is missing. */
  readonly cumulative: number;
}

/** `0x40 sendTs:u32 first:i n:u8 events`. */
export function writeInput(writer: ByteWriter, { sendTime, first, events }: InputUnit): void {
  if (events.length > maxInputEvents) {
    throw new RangeError(`n: expected at most ${maxInputEvents}, got ${events.length}`);
  }
  writer.u32(sendTime, 'sendTs');
  writer.varint(first, 'first');
  writer.u8(events.length, 'n');
  for (const event of events) writeInputEvent(writer, event);
  if (writer.length > maxInputBytes) {
    throw new RangeError(`input: expected at most ${maxInputBytes} bytes, got ${writer.length}`);
  }
}

export function readInput(reader: ByteReader): InputUnit {
  const length = reader.offset + reader.remaining;
  if (length > maxInputBytes) {
    throw new ProtocolError(
      'E_SIZE',
      `input: expected at most ${maxInputBytes} bytes, got ${length}`,
    );
  }
  const sendTime = micros32(reader.u32('sendTs'));
  const first = reader.varint('first');
  const count = reader.u8('n');
  if (count > maxInputEvents) {
    throw new ProtocolError('E_SIZE', `n: expected at most ${maxInputEvents}, got ${count}`);
  }
  if (first + count > Number.MAX_SAFE_INTEGER) {
    throw new ProtocolError('E_RANGE', `first: expected at most 2^53 - 1 - n, got ${first}`);
  }
  const events = Array.from({ length: count }, () => readInputEvent(reader));
  return { type: 'input', sendTime, first, events };
}

/** `0x41 cumulative:i`. */
export function writeInputAck(writer: ByteWriter, unit: InputAckUnit): void {
  writer.varint(unit.cumulative, 'cumulative');
}

export function readInputAck(reader: ByteReader): InputAckUnit {
  return { type: 'inputAck', cumulative: reader.varint('cumulative') };
}
