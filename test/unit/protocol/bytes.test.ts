import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../protocol/bytes.ts';

describe('ByteWriter', () => {
  it('keeps what it wrote when it grows, whatever the next field is', () => {
    const fields: ((writer: ByteWriter) => void)[] = [
      (writer) => writer.u8(7, 'a'),
      (writer) => writer.u16(7, 'a'),
      (writer) => writer.u32(7, 'a'),
      (writer) => writer.varint(7, 'a'),
      (writer) => writer.varint(700, 'a'),
      (writer) => writer.varint(70_000, 'a'),
      (writer) => writer.varint(2 ** 40 + 7, 'a'),
      (writer) => writer.bytes(Uint8Array.of(1, 2, 3)),
      (writer) => writer.utf8('äö'),
    ];
    for (const field of fields) {
      const roomy = new ByteWriter(64);
      const tight = new ByteWriter(1);
      for (const writer of [roomy, tight]) {
        writer.u8(0xee, 'before');
        field(writer);
        field(writer);
      }
      expect(tight.finish()).toEqual(roomy.finish());
    }
  });

  it('gives its own buffer, without a copy, when the capacity was right', () => {
    const writer = new ByteWriter(3);
    writer.bytes(Uint8Array.of(1, 2, 3));
    expect(writer.finish().buffer.byteLength).toBe(3);
  });

  it.each([-1, 256, 1.5, Number.NaN, Infinity])('refuses %d as a byte', (value) => {
    expect(() => new ByteWriter().u8(value, 'length')).toThrow(RangeError);
    expect(() => new ByteWriter().u8(value, 'length')).toThrow(/^length: expected .* got /);
  });

  it('refuses what does not fit the other widths', () => {
    const writer = new ByteWriter();
    expect(() => writer.u16(0x1_0000, 'a')).toThrow(RangeError);
    expect(() => writer.i16(0x8000, 'a')).toThrow(RangeError);
    expect(() => writer.i16(-0x8001, 'a')).toThrow(RangeError);
    expect(() => writer.u32(2 ** 32, 'a')).toThrow(RangeError);
    expect(() => writer.varint(2 ** 53, 'a')).toThrow(RangeError);
    expect(() => writer.varint(-1, 'a')).toThrow(RangeError);
  });
});

describe('ByteReader', () => {
  it('names the field, what it needs and what is there', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2));
    expect(() => reader.u32('sendTs')).toThrow('sendTs: expected 4 bytes, got 2');
  });

  it('gives views, not copies', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    const reader = new ByteReader(bytes, 1);
    const middle = reader.bytes(2, 'middle');
    const rest = reader.rest();
    bytes.fill(9);
    expect([...middle, ...rest]).toEqual([9, 9, 9, 9]);
  });

  it('reads inside a view of a larger buffer only', () => {
    const view = Uint8Array.of(0, 0, 0x40, 0x41, 0xff).subarray(2, 3);
    expect(() => new ByteReader(view).varint('seq')).toThrow('seq: expected 2 bytes, got 1');
  });
});
