/** ABANDON, REVISE and KEYREQ: messages that are given up, re-dated or missed (docs/protocol.md, "Abandoning"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { AbandonReason, ProtocolError } from '../errors.ts';
import { flowId, sequence, type FlowId, type Sequence } from '../flow.ts';
import { millis, toWireMillis, type Millis } from '../time.ts';

/** The sender will never complete these messages. */
export interface AbandonUnit {
  readonly type: 'abandon';
  readonly flow: FlowId;
  readonly first: Sequence;
  /** Consecutive messages, at least 1. */
  readonly count: number;
  readonly reason: AbandonReason;
}

/** The sender gives these messages another budget. */
export interface ReviseUnit {
  readonly type: 'revise';
  readonly flow: FlowId;
  readonly first: Sequence;
  /** Consecutive messages, at least 1. */
  readonly count: number;
  /** 0 = none. */
  readonly newBudget: Millis;
}

/** Why a receiver asks for a keyframe (KEYREQ `reason`). */
export const KeyRequestReason = {
  /** A message that others depend on is missing. */
  gap: 1,
  /** The decoder failed. */
  decodeError: 2,
  /** Nothing was decoded yet. */
  start: 3,
  /** Shown again after a pause. */
  resume: 4,
} as const;
export type KeyRequestReason = (typeof KeyRequestReason)[keyof typeof KeyRequestReason];

/** The receiver cannot decode on without a keyframe. */
export interface KeyRequestUnit {
  readonly type: 'keyRequest';
  readonly flow: FlowId;
  /** The newest message that was decoded; `undefined` = none. */
  readonly lastDecoded: Sequence | undefined;
  /** A {@link KeyRequestReason}; other values are for later versions and mean no more than "asked". */
  readonly reason: number;
}

/** `0x29 flow:i first:i count:i reason:u8`. */
export function writeAbandon(writer: ByteWriter, unit: AbandonUnit): void {
  writeRange(writer, unit);
  writer.u8(unit.reason, 'reason');
}

export function readAbandon(reader: ByteReader): AbandonUnit {
  const range = readRange(reader);
  return { type: 'abandon', ...range, reason: asReason(reader.u8('reason')) };
}

/** `0x2a flow:i first:i count:i newBudget:i`. */
export function writeRevise(writer: ByteWriter, unit: ReviseUnit): void {
  writeRange(writer, unit);
  writer.varint(toWireMillis(unit.newBudget), 'newBudget');
}

export function readRevise(reader: ByteReader): ReviseUnit {
  const range = readRange(reader);
  return { type: 'revise', ...range, newBudget: millis(reader.varint('newBudget')) };
}

/** `0x2b flow:i lastDecoded+1:i reason:u8`. */
export function writeKeyRequest(writer: ByteWriter, unit: KeyRequestUnit): void {
  writer.varint(unit.flow, 'flow');
  writer.varint(unit.lastDecoded === undefined ? 0 : unit.lastDecoded + 1, 'lastDecoded');
  writer.u8(unit.reason, 'reason');
}

export function readKeyRequest(reader: ByteReader): KeyRequestUnit {
  const flow = flowId(reader.varint('flow'));
  const next = reader.varint('lastDecoded');
  const lastDecoded = next === 0 ? undefined : sequence(next - 1);
  return { type: 'keyRequest', flow, lastDecoded, reason: reader.u8('reason') };
}

interface MessageRange {
  readonly flow: FlowId;
  readonly first: Sequence;
  readonly count: number;
}

function writeRange(writer: ByteWriter, { flow, first, count }: MessageRange): void {
  if (count < 1 || first + count > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`count: expected 1 to 2^53 - 1 - first, got ${count}`);
  }
  writer.varint(flow, 'flow');
  writer.varint(first, 'first');
  writer.varint(count, 'count');
}

function readRange(reader: ByteReader): MessageRange {
  const flow = flowId(reader.varint('flow'));
  const first = sequence(reader.varint('first'));
  const count = reader.varint('count');
  if (count < 1 || first + count > Number.MAX_SAFE_INTEGER) {
    throw new ProtocolError('E_RANGE', `count: expected 1 to 2^53 - 1 - first, got ${count}`);
  }
  return { flow, first, count };
}

const reasons: readonly AbandonReason[] = Object.values(AbandonReason);

function asReason(value: number): AbandonReason {
  const reason = reasons.find((candidate) => candidate === value);
  if (reason === undefined) {
    throw new ProtocolError('E_RANGE', `reason: expected 1 to ${reasons.length}, got ${value}`);
  }
  return reason;
}
