import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../protocol/errors.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import {
  encodeFragmentFirst,
  encodeFragmentLast,
  Reassembler,
} from '../../../protocol/fragment.ts';
import { maxMessageBytes, maxMessageHeadBytes } from '../../../protocol/limits.ts';
import {
  decodeDataUnit,
  decodeMessageHead,
  encodeMessage,
  encodeMessageHead,
  encodePadding,
  type MessageHeader,
} from '../../../protocol/message.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';

const header: MessageHeader = {
  flow: flowId(4),
  seq: sequence(7),
  captureTime: micros(1_000_000),
  budget: millis(150),
  key: false,
  discardable: false,
  recovery: false,
  late: false,
  epoch: false,
  layer: { temporal: 0, spatial: 0, priority: 4 },
  dependency: 1,
  extensions: [],
};
const now = micros32(0);

describe('encodeMessage', () => {
  it('allocates exactly the unit', () => {
    const extensions = [{ id: 2, bytes: new Uint8Array(70) }];
    for (const each of [header, { ...header, dependency: 5, extensions }]) {
      const unit = encodeMessage(now, each, new Uint8Array(10_000));
      expect(unit.buffer.byteLength).toBe(unit.length);
      const fragment = encodeFragmentFirst(now, each, 20_000, new Uint8Array(10_000));
      expect(fragment.buffer.byteLength).toBe(fragment.length);
    }
    const last = encodeFragmentLast(now, flowId(400), new Uint8Array(10));
    expect(last.buffer.byteLength).toBe(last.length);
  });

  it('keeps a budget that is a fraction of a millisecond', () => {
    const unit = encodeMessage(now, { ...header, budget: millis(0.2) }, new Uint8Array(0));
    expect(decodeDataUnit(unit)).toMatchObject({ header: { budget: 1 } });
  });

  it.each<[string, Partial<MessageHeader>]>([
    ['a dependency of a key', { key: true, dependency: 1 }],
    ['no dependency of a message that is no key', { dependency: 0 }],
    ['a dependency before the first message', { dependency: 8 }],
    ['a priority of 8', { layer: { temporal: 0, spatial: 0, priority: 8 } }],
    ['a temporal id of 8', { layer: { temporal: 8, spatial: 0, priority: 0 } }],
    ['a spatial id of 4', { layer: { temporal: 0, spatial: 4, priority: 0 } }],
    ['an odd extension', { extensions: [{ id: 3, bytes: new Uint8Array(0) }] }],
    ['257 bytes of extensions', { extensions: [{ id: 2, bytes: new Uint8Array(254) }] }],
    ['a capture time before the clock began', { captureTime: micros(-1) }],
    ['a negative budget', { budget: millis(-1) }],
    ['a budget that is no number', { budget: millis(Number.NaN) }],
  ])('refuses %s', (_what, wrong) => {
    expect(() => encodeMessage(now, { ...header, ...wrong }, new Uint8Array(0))).toThrow(
      RangeError,
    );
  });

  it('refuses a fragment that is larger than its message, and a message that is too large', () => {
    const bytes = new Uint8Array(3);
    expect(() => encodeFragmentFirst(now, header, 2, bytes)).toThrow(RangeError);
    expect(() => encodeFragmentFirst(now, header, maxMessageBytes + 1, bytes)).toThrow(RangeError);
    expect(() => encodePadding(0)).toThrow(RangeError);
  });
});

describe('decodeDataUnit', () => {
  it('gives the payload as a view of the unit', () => {
    const unit = encodeMessage(now, header, Uint8Array.of(1, 2, 3));
    const decoded = decodeDataUnit(unit);
    unit.fill(9, -3);
    expect(decoded).toMatchObject({ payload: Uint8Array.of(9, 9, 9) });
  });

  it('refuses a message of more than 8 MiB', () => {
    const unit = encodeMessage(now, header, new Uint8Array(maxMessageBytes + 1));
    expect(() => decodeDataUnit(unit)).toThrow(expect.objectContaining({ code: 'E_SIZE' }));
  });
});

describe('decodeMessageHead', () => {
  it('is never longer than the limit says', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const head = encodeMessageHead(now, {
      ...header,
      flow: flowId(most),
      seq: sequence(most),
      captureTime: micros(most),
      budget: millis(most),
      dependency: most,
      extensions: [{ id: 2, bytes: new Uint8Array(253) }],
    });
    expect(head.length).toBeLessThanOrEqual(maxMessageHeadBytes);
    expect(decodeMessageHead(head)?.length).toBe(head.length);
  });

  it('refuses at once what can become no message', () => {
    expect(() => decodeMessageHead(Uint8Array.of(0x11))).toThrow(ProtocolError);
    const reserved = Uint8Array.of(0x10, 0, 0, 0, 0, 0x80);
    expect(() => decodeMessageHead(reserved)).toThrow(
      expect.objectContaining({ code: 'E_RESERVED' }),
    );
  });
});

describe('Reassembler', () => {
  const first = decodeDataUnit(encodeFragmentFirst(now, header, 2, Uint8Array.of(1)));
  const last = decodeDataUnit(encodeFragmentLast(now, header.flow, Uint8Array.of(2)));
  const begun = (): Reassembler => {
    const reassembler = new Reassembler({ maxMessageBytes: 100, maxFlows: 1 });
    reassembler.push(first);
    return reassembler;
  };

  it('keeps a message when those before or after it are abandoned', () => {
    const reassembler = begun();
    reassembler.abandon(header.flow, { first: 4, count: 3 });
    reassembler.abandon(header.flow, { first: 8, count: 100 });
    reassembler.abandon(flowId(6));
    expect(reassembler.push(last)?.payload).toEqual(Uint8Array.of(1, 2));
  });

  it.each([{ first: 7, count: 1 }, { first: 0, count: 8 }, { first: 7, count: 9 }, undefined])(
    'drops a message when %o is abandoned',
    (range) => {
      const reassembler = begun();
      reassembler.abandon(header.flow, range);
      expect(() => reassembler.push(last)).toThrow(expect.objectContaining({ code: 'E_FRAGMENT' }));
      expect(reassembler.push(first)).toBeUndefined();
    },
  );

  it('owns the payload of what it put together', () => {
    const reassembler = new Reassembler({ maxMessageBytes: 100, maxFlows: 1 });
    const bytes = encodeFragmentFirst(now, header, 2, Uint8Array.of(1));
    reassembler.push(decodeDataUnit(bytes));
    bytes.fill(9);
    expect(reassembler.push(last)?.payload).toEqual(Uint8Array.of(1, 2));
  });
});
