import { urgentWindowBytes } from '../../protocol/limits.ts';
import type { Micros } from '../../protocol/time.ts';
import { Pacer } from './pacer.ts';
import type { PieceLimit, SendRates } from './transport.ts';

/**
 * Payload bytes of one write: with the head of a message (at most 311 bytes) it stays within 16 KB, because the stack
 * sends what it has taken in no order: an urgent 30 KB behind 600 KB took 85 ms with such writes, up to 589 ms without.
 */
const MAX_PIECE_BYTES = 16_000;

/** A smaller rest of the window is not worth a write; it fills when the next write was taken. */
const MIN_PIECE_BYTES = 1_200;

/**
 * Bytes that may wait in the stack without being sent, at most: two writes, so that one is there when the other was
 * taken. What is on the path is bounded by the stack's own congestion window, and by the pacer.
 */
const MAX_HANDED_BYTES = 2 * MAX_PIECE_BYTES;

/** A paced piece carries this much of the capacity at most, microseconds: how far one exceeds the burst. As a fragment's 2 ms. */
const PIECE_US = 2_000;

/** The window above a stack that takes writes: what was handed to it and not taken yet, and what the pacer holds. A pure core. */
export class StackWindow {
  readonly #pacer = new Pacer();
  #windowBytes = MAX_HANDED_BYTES;
  #pieceBytes = MAX_PIECE_BYTES;
  #inFlightBytes = 0;

  /** Bytes handed to the stack that it has not taken. */
  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** Without rates the last ones stay. */
  resize(
    windowBytes: number,
    rates: Omit<SendRates, 'bandwidthBps'> | undefined,
    now: Micros,
  ): void {
    this.#windowBytes = Math.min(windowBytes, MAX_HANDED_BYTES);
    if (rates === undefined) return;
    const { capacityBps, standing } = rates;
    this.#pacer.resize(capacityBps, now);
    if (standing !== undefined) this.#pacer.expect(standing, now);
    const piece = Math.round((capacityBps * PIECE_US) / 8e6);
    this.#pieceBytes =
      capacityBps > 0
        ? Math.min(MAX_PIECE_BYTES, Math.max(MIN_PIECE_BYTES, piece))
        : MAX_PIECE_BYTES;
  }

  handed(bytes: number, now: Micros): void {
    this.#inFlightBytes += bytes;
    this.#pacer.sent(bytes, now);
  }

  settled(bytes: number): void {
    this.#inFlightBytes -= bytes;
  }

  /** What may be written now; undefined when nothing may. `hasStream`: whether a message could begin. */
  limit(hasStream: boolean, now: Micros): PieceLimit | undefined {
    const room = this.#windowBytes - this.#inFlightBytes;
    const least = Math.min(MIN_PIECE_BYTES, this.#windowBytes);
    if (room >= least && hasStream && this.#pacer.delay(now) === 0) {
      return { maxBytes: Math.min(room, this.#pieceBytes), urgentOnly: false };
    }
    const urgentRoom = this.#windowBytes + urgentWindowBytes - this.#inFlightBytes;
    return urgentRoom > 0 ? { maxBytes: urgentRoom, urgentOnly: true } : undefined;
  }

  /** Microseconds until the pacer lets the next piece go; 0 when something else is waited for, or nothing. */
  delay(now: Micros): number {
    return this.#pacer.delay(now);
  }
}
