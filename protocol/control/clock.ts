/** PING and PONG: round trip and clock offset (docs/protocol.md, "Clock"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { micros, type Micros } from '../time.ts';

/** Asks for a PONG. */
export interface PingUnit {
  readonly type: 'ping';
  readonly id: number;
  /** The sender's own clock at writing; means nothing to the peer, which returns it. */
  readonly t0: Micros;
}

/** Answers a PING. */
export interface PongUnit {
  readonly type: 'pong';
  /** As in the PING. */
  readonly id: number;
  /** As in the PING. */
  readonly t0: Micros;
  /** When the PING arrived: on the session clock, a client by its estimate. */
  readonly t1: Micros;
  /** When this was written, on the same clock as `t1`. */
  readonly t2: Micros;
}

/** `0x30 id:i t0:i`. */
export function writePing(writer: ByteWriter, unit: PingUnit): void {
  writer.varint(unit.id, 'id');
  writer.varint(unit.t0, 't0');
}

export function readPing(reader: ByteReader): PingUnit {
  const id = reader.varint('id');
  return { type: 'ping', id, t0: micros(reader.varint('t0')) };
}

/** `0x31 id:i t0:i t1:i t2:i`. */
export function writePong(writer: ByteWriter, unit: PongUnit): void {
  writer.varint(unit.id, 'id');
  writer.varint(unit.t0, 't0');
  writer.varint(unit.t1, 't1');
  writer.varint(unit.t2, 't2');
}

export function readPong(reader: ByteReader): PongUnit {
  const id = reader.varint('id');
  const [t0, t1, t2] = [reader.varint('t0'), reader.varint('t1'), reader.varint('t2')];
  return { type: 'pong', id, t0: micros(t0), t1: micros(t1), t2: micros(t2) };
}
