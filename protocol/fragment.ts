/** Fragments: one message in several units, for transports without streams (docs/protocol.md, "Fragments"). */

import { ByteWriter, varintBytes } from './bytes.ts';
import type {
  DataUnit,
  FragmentFirstUnit,
  FragmentLastUnit,
  FragmentMiddleUnit,
  MessageUnit,
} from './data-unit.ts';
import { ProtocolError } from './errors.ts';
import type { FlowId } from './flow.ts';
import { maxMessageBytes } from './limits.ts';
import { startHeaderUnit, type MessageHeader } from './message-header.ts';
import type { Micros32 } from './time.ts';
import { UnitId } from './unit-id.ts';

/** `0x11 sendTs:u32 Hdr totalLen:i bytes`. */
export function encodeFragmentFirst(
  sendTime: Micros32,
  header: MessageHeader,
  totalLength: number,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (totalLength > maxMessageBytes || totalLength < bytes.length) {
    const expected = `${bytes.length} to ${maxMessageBytes}`;
    throw new RangeError(`totalLength: expected ${expected}, got ${totalLength}`);
  }
  const extra = varintBytes(totalLength) + bytes.length;
  const writer = startHeaderUnit(UnitId.fragmentFirst, { sendTime, header, extra });
  writer.varint(totalLength, 'totalLen');
  writer.bytes(bytes);
  return writer.finish();
}

/** `0x12 sendTs:u32 flow:i bytes`. */
export const encodeFragmentMiddle = (
  sendTime: Micros32,
  flow: FlowId,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> => encodeRest(UnitId.fragmentMiddle, { sendTime, flow, bytes });

/** `0x13 sendTs:u32 flow:i bytes`. */
export const encodeFragmentLast = (
  sendTime: Micros32,
  flow: FlowId,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> => encodeRest(UnitId.fragmentLast, { sendTime, flow, bytes });

interface FragmentBody {
  readonly sendTime: Micros32;
  readonly flow: FlowId;
  readonly bytes: Uint8Array;
}

function encodeRest(id: number, { sendTime, flow, bytes }: FragmentBody): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(5 + varintBytes(flow) + bytes.length);
  writer.u8(id, 'unit');
  writer.u32(sendTime, 'sendTs');
  writer.varint(flow, 'flow');
  writer.bytes(bytes);
  return writer.finish();
}

/** A message that has arrived whole. */
export interface CompleteMessage {
  readonly header: MessageHeader;
  /** A view of the unit for MSG, a buffer of its own for fragments. */
  readonly payload: Uint8Array;
  /** When the first byte was written. */
  readonly sendTimeFirst: Micros32;
  /** When the last fragment was written. */
  readonly sendTimeLast: Micros32;
}

/** Bounds of what a {@link Reassembler} holds: at most `maxFlows` times `maxMessageBytes`. */
export interface ReassemblerOptions {
  /** Bytes of the largest payload that is accepted. */
  readonly maxMessageBytes: number;
  /** Messages that may be incomplete at once: one per flow. */
  readonly maxFlows: number;
}

/** A range of messages of a flow, as ABANDON names it. */
export interface SequenceRange {
  readonly first: number;
  readonly count: number;
}

interface PartialMessage {
  readonly header: MessageHeader;
  readonly payload: Uint8Array;
  readonly sendTimeFirst: Micros32;
  received: number;
}

/**
 * One partial message per flow; owns the buffer of each until it is complete. Belongs to one ordered, reliable
 * connection, on which nothing may be missing: a fragment out of place is an error of the peer.
 */
export class Reassembler {
  readonly #options: ReassemblerOptions;
  readonly #partials = new Map<FlowId, PartialMessage>();

  constructor(options: ReassemblerOptions) {
    this.#options = options;
  }

  /**
   * Takes the next unit.
   *
   * @returns the message that it completes, if any.
   * @throws {@link ProtocolError} E_FRAGMENT when it does not continue what came before, E_SIZE or E_COUNT when it
   *   exceeds a bound.
   */
  push(unit: DataUnit): CompleteMessage | undefined {
    switch (unit.type) {
      case 'padding':
        return undefined;
      case 'message':
        return this.#whole(unit);
      case 'fragmentFirst':
        this.#open(unit);
        return undefined;
      case 'fragmentMiddle':
        this.#append(unit);
        return undefined;
      case 'fragmentLast':
        return this.#complete(unit);
    }
  }

  /**
   * Drops the partial message of a flow, if there is one; after ABANDON, or when the flow is closed.
   *
   * @param range only if its sequence number is in this range.
   */
  abandon(flow: FlowId, range?: SequenceRange): void {
    const partial = this.#partials.get(flow);
    if (partial === undefined) return;
    const offset = range === undefined ? 0 : partial.header.seq - range.first;
    if (range === undefined || (offset >= 0 && offset < range.count)) this.#partials.delete(flow);
  }

  #whole({ header, payload, sendTime }: MessageUnit): CompleteMessage {
    this.#checkClosed(header.flow);
    this.#checkSize(payload.length);
    return { header, payload, sendTimeFirst: sendTime, sendTimeLast: sendTime };
  }

  #open({ header, totalLength, bytes, sendTime }: FragmentFirstUnit): void {
    this.#checkClosed(header.flow);
    this.#checkSize(totalLength);
    const { maxFlows } = this.#options;
    if (this.#partials.size >= maxFlows) {
      const message = `flow: expected at most ${maxFlows} partial messages, got one more`;
      throw new ProtocolError('E_COUNT', message);
    }
    const payload = new Uint8Array(totalLength);
    payload.set(bytes);
    const partial = { header, payload, sendTimeFirst: sendTime, received: bytes.length };
    this.#partials.set(header.flow, partial);
  }

  #append({ flow, bytes }: FragmentMiddleUnit | FragmentLastUnit): PartialMessage {
    const partial = this.#partials.get(flow);
    if (partial === undefined) {
      const message = `flow: expected a partial message on flow ${flow}, got none`;
      throw new ProtocolError('E_FRAGMENT', message);
    }
    const left = partial.payload.length - partial.received;
    if (bytes.length > left) {
      const message = `fragment: expected at most ${left} bytes, got ${bytes.length}`;
      throw new ProtocolError('E_FRAGMENT', message);
    }
    partial.payload.set(bytes, partial.received);
    partial.received += bytes.length;
    return partial;
  }

  #complete(unit: FragmentLastUnit): CompleteMessage {
    const { header, payload, sendTimeFirst, received } = this.#append(unit);
    if (received < payload.length) {
      const message = `fragment: expected ${payload.length} bytes in all, got ${received}`;
      throw new ProtocolError('E_FRAGMENT', message);
    }
    this.#partials.delete(unit.flow);
    return { header, payload, sendTimeFirst, sendTimeLast: unit.sendTime };
  }

  #checkClosed(flow: FlowId): void {
    const partial = this.#partials.get(flow);
    if (partial !== undefined) {
      const message = `flow: expected the rest of message ${partial.header.seq} on flow ${flow}, got another`;
      throw new ProtocolError('E_FRAGMENT', message);
    }
  }

  #checkSize(length: number): void {
    const { maxMessageBytes } = this.#options;
    if (length > maxMessageBytes) {
      const message = `message: expected at most ${maxMessageBytes} bytes, got ${length}`;
      throw new ProtocolError('E_SIZE', message);
    }
  }
}
