import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../protocol/bytes.ts';
import { decodeControl, encodeControl } from '../../../protocol/control/control-unit.ts';
import { inputEventBytes, readInputEvent, writeInputEvent } from '../../../protocol/input.ts';
import { decodeDataUnit, decodeMessageHead, encodeMessageHead } from '../../../protocol/message.ts';
import { decodeDatagram, encodeAudioDatagram } from '../../../protocol/redundancy.ts';
import { decodeUnit } from '../../../protocol/unit.ts';
import { micros32 } from '../../../protocol/time.ts';
import { controlUnits, dataUnit, header, inputEvent, varint } from './arbitraries.ts';
import { encodeDataUnit } from '../../support/encode-data-unit.ts';

describe('what is encoded decodes to the same', () => {
  it('varint', () => {
    fc.assert(
      fc.property(varint, (value) => {
        const writer = new ByteWriter(1);
        writer.varint(value, 'value');
        const reader = new ByteReader(writer.finish());
        expect(reader.varint('value')).toBe(value);
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  it('data unit', () => {
    fc.assert(
      fc.property(dataUnit, (unit) => {
        const bytes = encodeDataUnit(unit);
        expect(decodeDataUnit(bytes)).toEqual(unit);
        expect(decodeUnit(bytes)).toEqual(unit);
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(controlUnits))('%s', (_type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (unit) => {
        const bytes = encodeControl(unit);
        expect(decodeControl(bytes)).toEqual(unit);
        expect(decodeUnit(bytes)).toEqual(unit);
      }),
    );
  });

  it('input event, in as many bytes as foretold', () => {
    fc.assert(
      fc.property(inputEvent, (event) => {
        const writer = new ByteWriter(1);
        writeInputEvent(writer, event);
        expect(writer.length).toBe(inputEventBytes(event));
        const reader = new ByteReader(writer.finish());
        expect(readInputEvent(reader)).toEqual(event);
        expect(reader.remaining).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('head of a message, as soon as it is whole and not before', () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 8 }), (expected, payload) => {
        const sendTime = micros32(123);
        const head = encodeMessageHead(sendTime, expected);
        const decoded = { sendTime, header: expected, length: head.length };
        expect(decodeMessageHead(Uint8Array.of(...head, ...payload))).toEqual(decoded);
        for (let length = 0; length < head.length; length += 1) {
          expect(decodeMessageHead(head.subarray(0, length))).toBeUndefined();
        }
      }),
    );
  });

  it('datagram', () => {
    const message = dataUnit.filter((unit) => unit.type === 'message');
    fc.assert(
      fc.property(message, message, (one, other) => {
        fc.pre(one.header.seq !== other.header.seq);
        const { flow } = one.header;
        const [previous, current] = [one, { ...other, header: { ...other.header, flow } }].sort(
          (a, b) => a.header.seq - b.header.seq,
        );
        if (previous === undefined || current === undefined) return;
        const bytes = encodeAudioDatagram(encodeDataUnit(current), encodeDataUnit(previous));
        expect(decodeDatagram(bytes)).toEqual([previous, current]);
      }),
    );
  });
});
