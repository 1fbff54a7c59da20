import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../protocol/bytes.ts';
import {
  encodeControl,
  decodeControl,
  type ControlUnit,
} from '../../protocol/control/control-unit.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { Reassembler } from '../../protocol/fragment.ts';
import {
  decodeDataUnit,
  encodeMessageHead,
  type DataUnit,
  type MessageUnit,
} from '../../protocol/message.ts';
import { decodeDatagram, encodeAudioDatagram } from '../../protocol/redundancy.ts';
import { decodeUnit, encodeStreamUnit, StreamUnitReader } from '../../protocol/unit.ts';
import { UnitId } from '../../protocol/unit-id.ts';
import { encodeDataUnit } from '../support/encode-data-unit.ts';
import {
  decodedVectors,
  malformedVectors,
  reassemblyVectors,
  toHex,
  type MalformedVector,
} from './vector-file.ts';

const decoders: Readonly<Record<MalformedVector['decoder'], (bytes: Uint8Array) => unknown>> = {
  data: decodeDataUnit,
  control: decodeControl,
  unit: decodeUnit,
  datagram: decodeDatagram,
  stream: (bytes) => new StreamUnitReader().push(bytes),
};

/** What the decoding throws, as the vectors write it. */
function errorOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('varints', () => {
  it.each(decodedVectors('varint.json'))('reads $name', ({ bytes, decoded }) => {
    const reader = new ByteReader(bytes);
    expect(reader.varint('value')).toBe(decoded);
    expect(reader.remaining).toBe(0);
  });

  const canonical = decodedVectors('varint.json').filter(({ isCanonical }) => isCanonical);
  it.each(canonical)('writes $name', ({ bytes, decoded }) => {
    const writer = new ByteWriter(1);
    writer.varint(decoded as number, 'value');
    expect(toHex(writer.finish())).toBe(toHex(bytes));
  });

  it.each(malformedVectors('varint.json'))('refuses $name', ({ bytes, error }) => {
    expect(errorOf(() => new ByteReader(bytes).varint('value'))).toBe(error);
  });
});

describe('data units', () => {
  const vectors = decodedVectors('data-unit.json');
  it.each(vectors)('decodes $name', ({ bytes, decoded }) => {
    expect(decodeDataUnit(bytes)).toEqual(decoded);
    expect(decodeUnit(bytes)).toEqual(decoded);
  });

  const canonical = vectors.filter(({ isCanonical }) => isCanonical);
  it.each(canonical)('encodes $name', ({ bytes, decoded }) => {
    expect(toHex(encodeDataUnit(decoded as DataUnit))).toBe(toHex(bytes));
  });

  const messages = canonical.filter(({ bytes }) => bytes[0] === UnitId.message);
  it.each(messages)('encodes the head of $name', ({ bytes, decoded }) => {
    const { sendTime, header, payload } = decoded as MessageUnit;
    const head = encodeMessageHead(sendTime, header);
    expect(toHex(head) + toHex(payload)).toBe(toHex(bytes));
  });
});

describe.each(['control-unit.json', 'input.json'])('control units of %s', (file) => {
  const vectors = decodedVectors(file);
  it.each(vectors)('decodes $name', ({ bytes, decoded }) => {
    expect(decodeControl(bytes)).toEqual(decoded);
    expect(decodeUnit(bytes)).toEqual(decoded);
  });

  const canonical = vectors.filter(({ isCanonical }) => isCanonical);
  it.each(canonical)('encodes $name', ({ bytes, decoded }) => {
    expect(toHex(encodeControl(decoded as ControlUnit))).toBe(toHex(bytes));
  });
});

describe('the vectors as a whole', () => {
  it('have a valid one for every unit', () => {
    const files = ['data-unit.json', 'control-unit.json', 'input.json', 'datagram.json'];
    const ids = new Set(files.flatMap(decodedVectors).map(({ bytes }) => bytes[0]));
    expect([...ids].sort()).toEqual(Object.values(UnitId).sort());
  });

  it('have a malformed one for every unit but PAD, which cannot be', () => {
    const ids = new Set(
      malformedVectors('malformed.json')
        .filter(({ error, decoder }) => error !== 'E_UNIT_UNKNOWN' && decoder !== 'stream')
        .map(({ bytes }) => bytes[0]),
    );
    const missing = Object.values(UnitId).filter((id) => !ids.has(id));
    expect(missing).toEqual([UnitId.padding]);
  });
});

describe('malformed units', () => {
  it.each(malformedVectors('malformed.json'))(
    'refuses $decoder: $name',
    ({ bytes, decoder, error }) => {
      expect(errorOf(() => decoders[decoder](bytes))).toBe(error);
    },
  );
});

describe('datagrams', () => {
  it.each(decodedVectors('datagram.json'))('decodes $name', ({ bytes, decoded }) => {
    expect(decodeDatagram(bytes)).toEqual(decoded);
  });

  const canonical = decodedVectors('datagram.json').filter(({ isCanonical }) => isCanonical);
  it.each(canonical)('encodes $name', ({ bytes, decoded }) => {
    const [current, previous] = (decoded as MessageUnit[]).map(encodeDataUnit).reverse();
    if (current === undefined) throw new Error('a vector without a message');
    expect(toHex(encodeAudioDatagram(current, previous))).toBe(toHex(bytes));
  });
});

describe('the control stream', () => {
  const vectors = decodedVectors('stream.json');
  it.each(vectors)('reads $name', ({ bytes, decoded }) => {
    expect(new StreamUnitReader().push(bytes)).toEqual(decoded);
  });

  it.each(vectors.filter(({ isCanonical }) => isCanonical))('writes $name', (vector) => {
    const units = (vector.decoded as ControlUnit[]).map((unit) =>
      toHex(encodeStreamUnit(encodeControl(unit))),
    );
    expect(units.join('')).toBe(toHex(vector.bytes));
  });
});

describe('reassembly', () => {
  it.each(reassemblyVectors('reassembly.json'))('$name', ({ units, messages, error }) => {
    const reassembler = new Reassembler({ maxMessageBytes: 1_000, maxFlows: 2 });
    const push = (bytes: Uint8Array) => reassembler.push(decodeDataUnit(bytes)) ?? [];
    if (error === undefined) {
      expect(units.flatMap(push)).toEqual(messages);
      return;
    }
    units.slice(0, -1).forEach(push);
    expect(errorOf(() => units.slice(-1).flatMap(push))).toBe(error);
  });
});
