/** FLOW_OPEN, FLOW_ACCEPT, FLOW_CLOSE, FLOW_UPDATE and CREDIT (docs/protocol.md, "Flows"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { FlowKind, flowId, type FlowId, type FlowKindName } from '../flow.ts';
import { millis, toWireMillis, type Millis } from '../time.ts';
import { readJsonObject, writeJsonObject, type JsonObject } from './json.ts';

/** Opens a flow of the sender: even ids are the server's, odd ones the client's. */
export interface FlowOpenUnit {
  readonly type: 'flowOpen';
  readonly flow: FlowId;
  /** The flow of the peer that this one answers (return association). */
  readonly parent: FlowId | undefined;
  readonly kind: FlowKindName;
  /** Strict priority, 0-7, higher first. */
  readonly priority: number;
  /** Usual budget of its messages; 0 = none. */
  readonly budget: Millis;
  /** What the kind needs to be told, see docs/protocol.md; `{}` is nothing on the wire. */
  readonly metadata: JsonObject;
}

/** Takes a flow of the peer and gives it its first credit. */
export interface FlowAcceptUnit {
  readonly type: 'flowAccept';
  readonly flow: FlowId;
  /** Payload bytes that may be sent on the flow, counted from its first byte; 0 = without credit control. */
  readonly credit: number;
}

/** Closes a flow: from its sender, it ends; from its receiver, it is not wanted. */
export interface FlowCloseUnit {
  readonly type: 'flowClose';
  readonly flow: FlowId;
  /** Messages ever queued on the flow: one more than the last sequence number, 0 = none. */
  readonly finalSeq: number;
  /** 0 = orderly, else a session or stream reset code. */
  readonly code: number;
}

/** What FLOW_UPDATE may change, with the `key` of the wire. */
export const FlowUpdateKey = { priority: 1, budget: 2, pause: 3 } as const;
export type FlowUpdateKeyName = keyof typeof FlowUpdateKey;

/** Changes a flow: its sender states it, its receiver asks for it. */
export interface FlowUpdateUnit {
  readonly type: 'flowUpdate';
  readonly flow: FlowId;
  readonly key: FlowUpdateKeyName;
  /** Priority 0-7; budget in milliseconds; pause 0 or 1. */
  readonly value: number;
}

/** Raises the credit of a flow of the peer. */
export interface CreditUnit {
  readonly type: 'credit';
  readonly flow: FlowId;
  /** Payload bytes that may be sent on the flow, counted from its first byte. */
  readonly absoluteBytes: number;
}

const kindNames = namesByValue(FlowKind);
const updateNames = namesByValue(FlowUpdateKey);
const maxPriority = 7;

/** `0x24 flow:i parent+1:i kind:u8 prio:u8 budget:i json`. */
export function writeFlowOpen(writer: ByteWriter, unit: FlowOpenUnit): void {
  if (unit.priority > maxPriority) {
    throw new RangeError(`prio: expected 0 to ${maxPriority}, got ${unit.priority}`);
  }
  writer.varint(unit.flow, 'flow');
  writer.varint(unit.parent === undefined ? 0 : unit.parent + 1, 'parent');
  writer.u8(FlowKind[unit.kind], 'kind');
  writer.u8(unit.priority, 'prio');
  writer.varint(toWireMillis(unit.budget), 'budget');
  if (Object.keys(unit.metadata).length > 0) writeJsonObject(writer, unit.metadata, 'metadata');
}

export function readFlowOpen(reader: ByteReader): FlowOpenUnit {
  const flow = flowId(reader.varint('flow'));
  const parent = reader.varint('parent');
  const kind = readName(reader.u8('kind'), kindNames, 'kind');
  const priority = reader.u8('prio');
  if (priority > maxPriority) {
    throw new ProtocolError('E_RANGE', `prio: expected 0 to ${maxPriority}, got ${priority}`);
  }
  return {
    type: 'flowOpen',
    flow,
    parent: parent === 0 ? undefined : flowId(parent - 1),
    kind,
    priority,
    budget: millis(reader.varint('budget')),
    metadata: reader.remaining === 0 ? {} : readJsonObject(reader, 'metadata'),
  };
}

/** `0x25 flow:i credit:i`. */
export function writeFlowAccept(writer: ByteWriter, unit: FlowAcceptUnit): void {
  writer.varint(unit.flow, 'flow');
  writer.varint(unit.credit, 'credit');
}

export function readFlowAccept(reader: ByteReader): FlowAcceptUnit {
  const flow = flowId(reader.varint('flow'));
  return { type: 'flowAccept', flow, credit: reader.varint('credit') };
}

/** `0x26 flow:i finalSeq:i code:i`. */
export function writeFlowClose(writer: ByteWriter, unit: FlowCloseUnit): void {
  writer.varint(unit.flow, 'flow');
  writer.varint(unit.finalSeq, 'finalSeq');
  writer.varint(unit.code, 'code');
}

export function readFlowClose(reader: ByteReader): FlowCloseUnit {
  const flow = flowId(reader.varint('flow'));
  const finalSeq = reader.varint('finalSeq');
  return { type: 'flowClose', flow, finalSeq, code: reader.varint('code') };
}

/** `0x27 flow:i key:i value:i`. */
export function writeFlowUpdate(writer: ByteWriter, unit: FlowUpdateUnit): void {
  const most = largestUpdate(unit.key);
  if (unit.value > most) {
    throw new RangeError(`value: expected 0 to ${most} for ${unit.key}, got ${unit.value}`);
  }
  writer.varint(unit.flow, 'flow');
  writer.varint(FlowUpdateKey[unit.key], 'key');
  writer.varint(unit.value, 'value');
}

export function readFlowUpdate(reader: ByteReader): FlowUpdateUnit {
  const flow = flowId(reader.varint('flow'));
  const key = readName(reader.varint('key'), updateNames, 'key');
  const value = reader.varint('value');
  const most = largestUpdate(key);
  if (value > most) {
    throw new ProtocolError('E_RANGE', `value: expected 0 to ${most} for ${key}, got ${value}`);
  }
  return { type: 'flowUpdate', flow, key, value };
}

/** `0x28 flow:i absoluteBytes:i`. */
export function writeCredit(writer: ByteWriter, unit: CreditUnit): void {
  writer.varint(unit.flow, 'flow');
  writer.varint(unit.absoluteBytes, 'absoluteBytes');
}

export function readCredit(reader: ByteReader): CreditUnit {
  const flow = flowId(reader.varint('flow'));
  return { type: 'credit', flow, absoluteBytes: reader.varint('absoluteBytes') };
}

function largestUpdate(key: FlowUpdateKeyName): number {
  switch (key) {
    case 'priority':
      return maxPriority;
    case 'budget':
      return Number.MAX_SAFE_INTEGER;
    case 'pause':
      return 1;
  }
}

function namesByValue<Name extends string>(
  values: Readonly<Record<Name, number>>,
): ReadonlyMap<number, Name> {
  // Object.entries widens the keys; the record has no others.
  return new Map(
    (Object.entries(values) as [Name, number][]).map(([name, value]) => [value, name]),
  );
}

function readName<Name extends string>(
  value: number,
  names: ReadonlyMap<number, Name>,
  field: string,
): Name {
  const name = names.get(value);
  if (name === undefined) {
    throw new ProtocolError('E_RANGE', `${field}: expected 1 to ${names.size}, got ${value}`);
  }
  return name;
}
