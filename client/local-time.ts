/**
 * Microseconds since 1970, monotonic within a thread and the same in every thread of the page (High Resolution Time,
 * https://www.w3.org/TR/hr-time-3/). Not the session clock: add the offset of ClockSync.
 */
export type LocalMicros = number;

/** The local time now. */
export const localMicros = (): LocalMicros => (performance.timeOrigin + performance.now()) * 1000;
