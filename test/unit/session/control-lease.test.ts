import { describe, expect, it } from 'vitest';
import { micros } from '../../../protocol/time.ts';
import { ControlLease } from '../../../server/session/control-lease.ts';

const second = (n: number) => micros(n * 1_000_000);

describe('ControlLease', () => {
  it('belongs to the first who asks, and to nobody else while the holder is heard', () => {
    const lease = new ControlLease();
    expect(lease.claim('a', second(0))).toBe(true);
    lease.heartbeat('a', second(5));
    expect(lease.claim('b', second(10))).toBe(false);
    expect(lease.isHeldBy('a')).toBe(true);
  });

  it('passes on only after more than 6 s of silence, and only when asked for', () => {
    const lease = new ControlLease();
    lease.claim('a', second(0));
    expect(lease.claim('b', second(6))).toBe(false);
    expect(lease.isHeldBy('a')).toBe(true);
    expect(lease.claim('b', micros(6_000_001))).toBe(true);
    expect(lease.isHeldBy('a')).toBe(false);
  });

  it('is kept by a holder that comes back late when nobody asked', () => {
    const lease = new ControlLease();
    lease.claim('a', second(0));
    expect(lease.claim('a', second(60))).toBe(true);
  });

  it('ignores heartbeats and releases of those who do not hold it', () => {
    const lease = new ControlLease();
    lease.claim('a', second(0));
    lease.heartbeat('b', second(1));
    lease.release('b');
    expect(lease.isHeldBy('a')).toBe(true);
    lease.release('a');
    expect(lease.claim('b', second(1))).toBe(true);
  });
});
