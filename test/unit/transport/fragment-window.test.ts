import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../../protocol/errors.ts';
import { decodeDataUnit } from '../../../protocol/message.ts';
import { micros, micros32, toMicros32 } from '../../../protocol/time.ts';
import { FragmentWindow } from '../../../server/transport/fragment-window.ts';
import type { Piece } from '../../../server/transport/transport.ts';
import { message } from '../schedule/messages.ts';

const piece = (length: number, offset: number, size: number): Piece => {
  const whole = message(0, { key: true, bytes: length });
  const bytes = whole.payload.subarray(offset, offset + size);
  return { message: whole, offset, bytes, last: offset + size >= length };
};

const ack = (cumulativeBytes: number, sentAt: number, received: number, hold = 0) =>
  ({
    type: 'ack',
    cumulativeBytes,
    echo: toMicros32(micros(sentAt)),
    received: micros32(received),
    hold: micros(hold),
  }) as const;

describe('fragment window', () => {
  test('a message that fits is one MSG, a larger one FRAG_FIRST, FRAG_MID, FRAG_LAST', () => {
    const window = new FragmentWindow();
    const types = [
      piece(100, 0, 100),
      piece(3000, 0, 1000),
      piece(3000, 1000, 1000),
      piece(3000, 2000, 1000),
      piece(0, 0, 0),
    ].map((part) => decodeDataUnit(window.encode(part, micros(5))).type);
    expect(types).toEqual([
      'message',
      'fragmentFirst',
      'fragmentMiddle',
      'fragmentLast',
      'message',
    ]);
  });

  test('fragments carry 2 ms of the bandwidth, 1,200 to 16,384 bytes with their heads', () => {
    const window = new FragmentWindow();
    const whole = message(0, { key: true, bytes: 100_000 });
    for (const [bps, expected] of [
      [1e6, 1_200],
      [20e6, 5_000],
      [1e9, 16_384],
    ] as const) {
      window.resize(1e9, { bandwidthBps: bps, capacityBps: 0 }, micros(0));
      const maxBytes = window.limit(micros(0))?.maxBytes ?? 0;
      const bytes = whole.payload.subarray(0, maxBytes);
      const unit = window.encode({ message: whole, offset: 0, bytes, last: false }, micros(0));
      expect(unit.byteLength).toBeLessThanOrEqual(expected);
      expect(unit.byteLength).toBeGreaterThan(expected - 48);
    }
  });

  test('beyond the window only what is urgent, and that by 3,000 bytes', () => {
    const window = new FragmentWindow();
    window.resize(2_000, undefined, micros(0));
    expect(window.limit(micros(0))).toMatchObject({ urgentOnly: false });
    window.encode(piece(2_000, 0, 2_000), micros(0));
    expect(window.limit(micros(0))).toMatchObject({ urgentOnly: true });
    window.encode(piece(3_000, 0, 3_000), micros(0));
    expect(window.limit(micros(0))).toBeUndefined();
  });

  test('an acknowledgement frees the window and says when', () => {
    const window = new FragmentWindow();
    const size = window.encode(piece(1_000, 0, 1_000), micros(5_000_000_000)).byteLength;
    const sample = window.acknowledge(ack(size, 5_000_000_000, 77, 2_000), micros(5_000_040_000));
    expect(sample).toMatchObject({ bytes: size, sentAt: 5_000_000_000, hold: 2_000 });
    expect(window.inFlightBytes).toBe(0);
    expect(window.acknowledge(ack(size, 0, 0), micros(5_000_050_000))).toBeUndefined();
  });

  test("the peer's clock may wrap between two acknowledgements", () => {
    const window = new FragmentWindow();
    const at = micros(1_000_000);
    const size = window.encode(piece(10, 0, 10), at).byteLength;
    window.encode(piece(10, 0, 10), at);
    const before = window.acknowledge(ack(size, at, 0xffff_ff00), at)?.receivedAt ?? 0;
    const after = window.acknowledge(ack(2 * size, at, 0x100), at)?.receivedAt ?? 0;
    expect(after - before).toBe(0x200);
  });

  test('more than was sent cannot be acknowledged', () => {
    expect(() => new FragmentWindow().acknowledge(ack(1, 0, 0), micros(0))).toThrow(ProtocolError);
  });
});
