import { describe, expect, test } from 'vitest';
import { micros } from '../../../protocol/time.ts';
import { Pacer } from '../../../server/transport/pacer.ts';

const at = (ms: number) => micros(ms * 1000);

/** Milliseconds until the next piece may leave. */
const delayMs = (pacer: Pacer, ms: number): number => Math.round(pacer.delay(at(ms)) / 100) / 10;

describe('the pacer', () => {
  test('holds nothing back while the capacity is unknown', () => {
    const pacer = new Pacer();
    pacer.sent(1e6, at(0));
    pacer.expect(1e6, at(0));
    expect(pacer.delay(at(0))).toBe(0);
  });

  test('lets a burst go at once, and the rest at a quarter more than the capacity', () => {
    const pacer = new Pacer();
    pacer.resize(8e6, at(0));
    pacer.sent(7_900, at(0));
    expect(pacer.delay(at(0))).toBe(0);
    pacer.sent(10_100, at(0));
    expect(delayMs(pacer, 0)).toBe(8);
  });

  test('waits until no more than 12 ms stand on the path, as it is told', () => {
    const pacer = new Pacer();
    pacer.resize(8e6, at(0));
    pacer.expect(50_000, at(0));
    expect(delayMs(pacer, 0)).toBe(38);
    pacer.sent(5_000, at(10));
    expect(delayMs(pacer, 10)).toBe(33);
    pacer.expect(3_000, at(20));
    expect(pacer.delay(at(20))).toBe(0);
  });
});
