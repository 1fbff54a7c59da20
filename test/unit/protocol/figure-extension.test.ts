import { describe, expect, it } from 'vitest';
import {
  changedBefore,
  contentLength,
  queuedAfter,
  trackTimestamp,
} from '../../../protocol/figure-extension.ts';
import { micros } from '../../../protocol/time.ts';

describe.each([
  ['queuedAfter', queuedAfter, 4],
  ['changedBefore', changedBefore, 6],
  ['trackTimestamp', trackTimestamp, 8],
  ['contentLength', contentLength, 10],
] as const)('%s', (_name, extension, id) => {
  it('comes back as a whole number, never below zero', () => {
    for (const [given, read] of [
      [0, 0],
      [6_123.4, 6_123],
      [-5, 0],
      [70_000_000, 70_000_000],
      [2 ** 32 - 1, 2 ** 32 - 1],
    ] as const) {
      const written = extension.write(micros(given));
      expect(written.id).toBe(id);
      expect(extension.read([written])).toBe(read);
    }
  });

  it('is absent when nobody said it, and when its bytes do not parse', () => {
    expect(extension.read([])).toBeUndefined();
    expect(extension.read([{ id: 2, bytes: Uint8Array.of(1) }])).toBeUndefined();
    expect(extension.read([{ id, bytes: Uint8Array.of() }])).toBeUndefined();
    expect(extension.read([{ id, bytes: Uint8Array.of(0xc0, 1) }])).toBeUndefined();
  });
});
