/**
 * Units of time on the wire and in the pipeline.
 *
 * The session clock counts microseconds from an origin that the server chooses; it is monotonic and the same
 * for every flow of a session. Clients estimate it with PING and PONG. Brands keep the units apart at compile
 * time; this file is the only place that converts between them.
 */

declare const unit: unique symbol;

/** A moment on, or a span of, the session clock in microseconds; a safe integer (at most 2^53 - 1). */
export type Micros = number & { readonly [unit]: 'micros' };

/** A span in milliseconds; may be fractional inside a program, an integer on the wire. */
export type Millis = number & { readonly [unit]: 'millis' };

/** The low 32 bits of a session-clock moment, unsigned; wraps every 71.6 minutes. */
export type Micros32 = number & { readonly [unit]: 'micros32' };

const WRAP = 2 ** 32;

export const micros = (value: number): Micros => Math.round(value) as Micros;
export const millis = (value: number): Millis => value as Millis;
export const millisToMicros = (span: Millis): Micros => Math.round(span * 1000) as Micros;

/** Truncates a moment to the 32 bits that data units carry. */
export const toMicros32 = (moment: Micros): Micros32 =>
  (((moment % WRAP) + WRAP) % WRAP) as Micros32;

/** Brands a 32-bit field that was read from the wire. */
export const micros32 = (value: number): Micros32 => (value >>> 0) as Micros32;

/** The signed distance `later - earlier` in microseconds, right while the two are less than 35.8 minutes apart. */
export const micros32Difference = (later: Micros32, earlier: Micros32): number =>
  (later - earlier) | 0;

/** Restores the full moment closest to `near` whose low 32 bits are `low`. */
export const fromMicros32 = (low: Micros32, near: Micros): Micros =>
  (near + ((low - toMicros32(near)) | 0)) as Micros;

/** The whole milliseconds of a span for the wire; a span above 0 stays above 0, because 0 means "none". */
export const toWireMillis = (span: Millis): number =>
  span > 0 ? Math.max(1, Math.round(span)) : span;
