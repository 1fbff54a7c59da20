/**
 * Audio datagrams (docs/protocol.md, "Datagrams"): a packet together with the one before it, so that a single loss
 * costs nothing. The order of RFC 2198 (redundant block first, primary last), with whole MSG units as blocks.
 */

import { ByteReader, ByteWriter, varintBytes } from './bytes.ts';
import { decodeDataUnit, type MessageUnit } from './data-unit.ts';
import { ProtocolError } from './errors.ts';
import { UnitId } from './unit-id.ts';

/**
 * `0x14 previousLen:i previous current`.
 *
 * @param current a MSG unit, as encodeMessage gives it.
 * @param previous the MSG unit of the packet before, repeated; its `sendTs` stays that of its first sending.
 * @returns `current` itself when there is no previous one.
 */
export function encodeAudioDatagram(current: Uint8Array, previous?: Uint8Array): Uint8Array {
  if (previous === undefined) return current;
  const writer = new ByteWriter(
    1 + varintBytes(previous.length) + previous.length + current.length,
  );
  writer.u8(UnitId.redundant, 'unit');
  writer.varint(previous.length, 'previousLen');
  writer.bytes(previous);
  writer.bytes(current);
  return writer.finish();
}

/**
 * Decodes one datagram of a server.
 *
 * @returns its messages, the older one first; empty for padding. Payloads are views of `bytes`.
 * @throws {@link ProtocolError} when it is malformed, or carries a unit that belongs on a stream.
 */
export function decodeDatagram(bytes: Uint8Array): readonly MessageUnit[] {
  if (bytes[0] === UnitId.redundant) return readRedundant(bytes);
  const unit = decodeDataUnit(bytes);
  return unit.type === 'padding' ? [] : [asMessage(unit)];
}

function readRedundant(bytes: Uint8Array): readonly MessageUnit[] {
  const reader = new ByteReader(bytes, 1);
  const length = reader.varint('previousLen');
  const previous = asMessage(decodeDataUnit(reader.bytes(length, 'previous')));
  const current = asMessage(decodeDataUnit(reader.rest()));
  const [before, after] = [previous.header, current.header];
  if (before.flow !== after.flow || before.seq >= after.seq) {
    const expected = `flow ${after.flow} and a seq below ${after.seq}`;
    const message = `previous: expected ${expected}, got ${before.flow} and ${before.seq}`;
    throw new ProtocolError('E_RANGE', message);
  }
  return [previous, current];
}

function asMessage(unit: ReturnType<typeof decodeDataUnit>): MessageUnit {
  if (unit.type === 'message') return unit;
  throw new ProtocolError('E_UNIT_UNKNOWN', `datagram: expected a message, got ${unit.type}`);
}
