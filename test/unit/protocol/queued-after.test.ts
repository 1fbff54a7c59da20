import { describe, expect, it } from 'vitest';
import { queuedAfter, readQueuedAfter } from '../../../protocol/queued-after.ts';
import { micros } from '../../../protocol/time.ts';

describe('queuedAfter', () => {
  it('comes back in whole microseconds, never below zero', () => {
    for (const [given, read] of [
      [0, 0],
      [6_123.4, 6_123],
      [-5, 0],
      [70_000_000, 70_000_000],
    ] as const) {
      expect(readQueuedAfter([queuedAfter(micros(given))])).toBe(read);
    }
  });

  it('is absent when nobody said it, and when its bytes do not parse', () => {
    expect(readQueuedAfter([])).toBeUndefined();
    expect(readQueuedAfter([{ id: 2, bytes: Uint8Array.of(1) }])).toBeUndefined();
    expect(readQueuedAfter([{ id: 4, bytes: Uint8Array.of() }])).toBeUndefined();
    expect(readQueuedAfter([{ id: 4, bytes: Uint8Array.of(0xc0, 1) }])).toBeUndefined();
  });
});
