/** MSG: whole messages (docs/protocol.md, "MSG"). */

import { ByteReader } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { maxMessageHeadBytes } from './limits.ts';
import { readHeader, startHeaderUnit, type MessageHeader } from './message-header.ts';
import { micros32, type Micros32 } from './time.ts';
import { UnitId } from './unit-id.ts';

export { decodeDataUnit, encodePadding, type DataUnit, type MessageUnit } from './data-unit.ts';
export type { MessageHeader } from './message-header.ts';

/** What precedes the payload of a MSG. */
export interface MessageHead {
  readonly sendTime: Micros32;
  readonly header: MessageHeader;
  /** Bytes before the payload. */
  readonly length: number;
}

/**
 * A whole message: `0x10 sendTs:u32 Hdr payload`.
 *
 * @throws RangeError when a field of the header does not fit.
 */
export function encodeMessage(
  sendTime: Micros32,
  header: MessageHeader,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const writer = startHeaderUnit(UnitId.message, { sendTime, header, extra: payload.length });
  writer.bytes(payload);
  return writer.finish();
}

/** What precedes the payload of a MSG, for streams that carry the payload in later writes. */
export function encodeMessageHead(
  sendTime: Micros32,
  header: MessageHeader,
): Uint8Array<ArrayBuffer> {
  return startHeaderUnit(UnitId.message, { sendTime, header, extra: 0 }).finish();
}

/**
 * Reads what precedes the payload of a MSG from the first bytes of a stream.
 *
 * @returns `undefined` while there are too few bytes to tell.
 * @throws {@link ProtocolError} when the bytes are no MSG, or its header is malformed.
 */
export function decodeMessageHead(bytes: Uint8Array): MessageHead | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  if (first !== UnitId.message) {
    const message = `unit: expected a message (0x10), got 0x${first.toString(16)}`;
    throw new ProtocolError('E_UNIT_UNKNOWN', message);
  }
  const reader = new ByteReader(bytes, 1);
  try {
    const sendTime = micros32(reader.u32('sendTs'));
    const header = readHeader(reader);
    return { sendTime, header, length: reader.offset };
  } catch (error) {
    const isTruncated = error instanceof ProtocolError && error.code === 'E_TRUNCATED';
    if (isTruncated && bytes.length < maxMessageHeadBytes) return undefined;
    throw error;
  }
}
