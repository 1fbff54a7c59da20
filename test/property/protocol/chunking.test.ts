import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl } from '../../../protocol/control/control-unit.ts';
import { flowId } from '../../../protocol/flow.ts';
import {
  encodeFragmentFirst,
  encodeFragmentLast,
  encodeFragmentMiddle,
  Reassembler,
} from '../../../protocol/fragment.ts';
import { decodeDataUnit, encodePadding, type MessageHeader } from '../../../protocol/message.ts';
import { micros32 } from '../../../protocol/time.ts';
import { encodeStreamUnit, StreamUnitReader } from '../../../protocol/unit.ts';
import { chunksOf, controlUnit, header } from './arbitraries.ts';

const concat = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

describe('the control stream', () => {
  it('gives the same units however it is chunked', () => {
    const stream = fc.array(controlUnit, { maxLength: 5 }).chain((units) => {
      const whole = concat(units.map((unit) => encodeStreamUnit(encodeControl(unit))));
      return fc.record({ units: fc.constant(units), chunks: chunksOf(whole) });
    });
    fc.assert(
      fc.property(stream, ({ units, chunks }) => {
        const reader = new StreamUnitReader();
        expect(chunks.flatMap((chunk) => reader.push(chunk))).toEqual(units);
        expect(reader.isBetweenUnits).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same units byte by byte, each with its last byte', () => {
    fc.assert(
      fc.property(controlUnit, (unit) => {
        const bytes = encodeStreamUnit(encodeControl(unit));
        const reader = new StreamUnitReader();
        for (const byte of bytes.subarray(0, -1)) {
          expect(reader.push(Uint8Array.of(byte))).toEqual([]);
          expect(reader.isBetweenUnits).toBe(false);
        }
        expect(reader.push(bytes.subarray(-1))).toEqual([unit]);
      }),
      { numRuns: 50 },
    );
  });
});

interface FragmentedMessage {
  readonly header: MessageHeader;
  readonly payload: Uint8Array;
  readonly fragments: readonly Uint8Array[];
}

/** A message on a flow of its own and one of the ways to cut it; every fragment is stamped with its index. */
const fragmented = (flow: number): fc.Arbitrary<FragmentedMessage> =>
  fc.tuple(header, fc.uint8Array({ maxLength: 500 })).chain(([anyHeader, payload]) => {
    const own = { ...anyHeader, flow: flowId(flow) };
    return chunksOf(payload)
      .map((parts) => (parts.length > 1 ? parts : [new Uint8Array(0), ...parts]))
      .map((parts) => ({ header: own, payload, fragments: fragmentsOf(own, payload, parts) }));
  });

const fragmentsOf = (
  own: MessageHeader,
  payload: Uint8Array,
  parts: readonly Uint8Array[],
): readonly Uint8Array[] =>
  parts.map((part, index) => {
    if (index === 0) return encodeFragmentFirst(micros32(index), own, payload.length, part);
    const encode = index === parts.length - 1 ? encodeFragmentLast : encodeFragmentMiddle;
    return encode(micros32(index), own.flow, part);
  });

describe('fragments', () => {
  it('of one message make the message, however it is cut', () => {
    fc.assert(
      fc.property(fragmented(4), ({ header: own, payload, fragments }) => {
        const reassembler = new Reassembler({ maxMessageBytes: 500, maxFlows: 1 });
        const complete = fragments.map((bytes) => reassembler.push(decodeDataUnit(bytes)));
        expect(complete.slice(0, -1).every((message) => message === undefined)).toBe(true);
        expect(complete.at(-1)).toEqual({
          header: own,
          payload,
          sendTimeFirst: 0,
          sendTimeLast: fragments.length - 1,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of several flows make their messages, however they are interleaved, with padding between', () => {
    const order = fc.array(fc.nat(3), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(fragmented(2), fragmented(4), fragmented(6), order, (a, b, c, turns) => {
        const queues = [a, b, c].map(({ fragments }) => [...fragments]);
        const wire = turns.map((turn) => queues[turn]?.shift() ?? encodePadding(3));
        const reassembler = new Reassembler({ maxMessageBytes: 500, maxFlows: 3 });
        const complete = [...wire, ...queues.flat()].flatMap(
          (bytes) => reassembler.push(decodeDataUnit(bytes)) ?? [],
        );
        const byFlow = complete.sort((x, y) => x.header.flow - y.header.flow);
        expect(byFlow.map((message) => message.header)).toEqual([a, b, c].map((m) => m.header));
        expect(byFlow.map((message) => message.payload)).toEqual([a, b, c].map((m) => m.payload));
      }),
    );
  });

  it('of an abandoned message leave no trace', () => {
    fc.assert(
      fc.property(fragmented(4), fragmented(4), fc.nat(20), (given, next, sent) => {
        const reassembler = new Reassembler({ maxMessageBytes: 500, maxFlows: 1 });
        for (const bytes of given.fragments.slice(0, -1).slice(0, sent)) {
          reassembler.push(decodeDataUnit(bytes));
        }
        reassembler.abandon(flowId(4), { first: given.header.seq, count: 1 });
        const complete = next.fragments.map((bytes) => reassembler.push(decodeDataUnit(bytes)));
        expect(complete.at(-1)?.payload).toEqual(next.payload);
      }),
    );
  });
});
