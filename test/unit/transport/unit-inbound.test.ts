import { describe, expect, test } from 'vitest';
import { encodeControl, type ControlUnit } from '../../../protocol/control/control-unit.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import {
  encodeFragmentFirst,
  encodeFragmentLast,
  type CompleteMessage,
} from '../../../protocol/fragment.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros, micros32 } from '../../../protocol/time.ts';
import { UnitInbound } from '../../../server/transport/unit-inbound.ts';
import { message } from '../schedule/messages.ts';

const CLIENT = flowId(1);

const collect = () => {
  const units: ControlUnit[] = [];
  const messages: CompleteMessage[] = [];
  const inbound = new UnitInbound(micros(0));
  const sink = {
    control: (unit: ControlUnit) => void units.push(unit),
    message: (complete: CompleteMessage) => void messages.push(complete),
    acknowledge: (unit: ControlUnit) => void units.push(unit),
    answer: (unit: ControlUnit) => void units.push(unit),
  };
  const take = (bytes: Uint8Array): void => inbound.take(bytes, sink, micros(0));
  return { take, units, messages };
};

const first = (seq: number): Uint8Array =>
  encodeFragmentFirst(micros32(0), message(seq, { flow: CLIENT }).header, 4, Uint8Array.of(seq, 2));
const last = encodeFragmentLast(micros32(0), CLIENT, Uint8Array.of(3, 4));

const abandon = (seq: number): Uint8Array =>
  encodeControl({ type: 'abandon', flow: CLIENT, first: sequence(seq), count: 1, reason: 4 });

describe('unit inbound', () => {
  test('a message that the peer abandons makes room for the next on its flow', () => {
    const { take, units, messages } = collect();
    take(first(0));
    take(abandon(0));
    take(first(1));
    take(last);
    expect(messages.map(({ payload }) => [...payload])).toEqual([[1, 2, 3, 4]]);
    expect(units.map(({ type }) => type)).toEqual(['abandon']);
  });

  test('abandoning another message leaves the open one alone', () => {
    const { take, messages } = collect();
    take(first(1));
    take(abandon(0));
    take(last);
    expect(messages).toHaveLength(1);
  });

  test('closing a flow drops what is open on it', () => {
    const { take } = collect();
    take(first(0));
    take(encodeControl({ type: 'flowClose', flow: CLIENT, finalSeq: 1, code: 0 }));
    expect(() => take(last)).toThrow(ProtocolError);
  });

  test('a second message inside the first is a breach', () => {
    const { take } = collect();
    take(first(0));
    expect(() => take(first(1))).toThrow(ProtocolError);
  });
});
