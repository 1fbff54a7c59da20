/** ACK_CFG and ACK: the window above TCP (docs/protocol.md, "Acknowledgements"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import {
  micros,
  micros32,
  millis,
  toWireMillis,
  type Micros,
  type Micros32,
  type Millis,
} from '../time.ts';

/** The server says how often it wants to hear. */
export interface AckConfigUnit {
  readonly type: 'ackConfig';
  /** An ACK is due after this many bytes of data units. */
  readonly bytes: number;
  /** An ACK is due this long after the first unacknowledged data unit. */
  readonly maxDelay: Millis;
  /** Time between REPORT units; 0 = none. */
  readonly reportInterval: Millis;
}

/** The client says what has arrived (WebSocket only). */
export interface AckUnit {
  readonly type: 'ack';
  /** Bytes of all data units received on this connection, whole units with their heads and padding. */
  readonly cumulativeBytes: number;
  /** `sendTs` of the newest data unit that has one. */
  readonly echo: Micros32;
  /**
   * When that unit arrived, on the client's own monotonic clock: its offset from the session clock is any, and constant
   * for the connection, because only how the delay changes counts.
   */
  readonly received: Micros32;
  /** How long after that arrival this unit was written. */
  readonly hold: Micros;
}

/** `0x32 bytes:i maxDelayMs:i reportMs:i`. */
export function writeAckConfig(writer: ByteWriter, unit: AckConfigUnit): void {
  writer.varint(unit.bytes, 'bytes');
  writer.varint(toWireMillis(unit.maxDelay), 'maxDelayMs');
  writer.varint(toWireMillis(unit.reportInterval), 'reportMs');
}

export function readAckConfig(reader: ByteReader): AckConfigUnit {
  const bytes = reader.varint('bytes');
  const maxDelay = millis(reader.varint('maxDelayMs'));
  return { type: 'ackConfig', bytes, maxDelay, reportInterval: millis(reader.varint('reportMs')) };
}

/** `0x33 cumBytes:i echoTs:u32 recvTs:u32 holdUs:i`. */
export function writeAck(writer: ByteWriter, unit: AckUnit): void {
  writer.varint(unit.cumulativeBytes, 'cumBytes');
  writer.u32(unit.echo, 'echoTs');
  writer.u32(unit.received, 'recvTs');
  writer.varint(unit.hold, 'holdUs');
}

export function readAck(reader: ByteReader): AckUnit {
  const cumulativeBytes = reader.varint('cumBytes');
  const echo = micros32(reader.u32('echoTs'));
  const received = micros32(reader.u32('recvTs'));
  return { type: 'ack', cumulativeBytes, echo, received, hold: micros(reader.varint('holdUs')) };
}
