import { micros, type Micros } from '../protocol/time.ts';

/** The session clock: microseconds since the gateway started, monotonic, one for all sessions. */
export interface Clock {
  now(): Micros;
  /** Converts a CLOCK_MONOTONIC moment, as capture stamps carry it, to the session clock. */
  fromMonotonicNanos(nanos: bigint): Micros;
}

/**
 * The clock of this process. Its origin is the moment of the call, so that a session never tells how long the machine
 * has been up.
 */
export function createClock(): Clock {
  const origin = process.hrtime.bigint();
  const fromMonotonicNanos = (nanos: bigint): Micros => micros(Number((nanos - origin) / 1000n));
  return { now: () => fromMonotonicNanos(process.hrtime.bigint()), fromMonotonicNanos };
}
