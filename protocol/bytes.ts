/**
 * Reading and writing the scalars of the wire: big-endian integers, QUIC variable-length integers (RFC 9000
 * section 16) up to 2^53 - 1, bytes and UTF-8.
 */

import { ProtocolError } from './errors.ts';

// The Encoding Standard's classes exist in browsers, workers and Node, but belong to no ECMAScript library.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const textEncoder = new TextEncoder();
// A byte order mark is part of the text, so that decoding and encoding give the same bytes.
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a text; a lone surrogate becomes U+FFFD. */
export const encodeText = (text: string): Uint8Array<ArrayBuffer> => textEncoder.encode(text);

/** How many bytes a varint takes: 1, 2, 4 or 8. */
export function varintBytes(value: number): 1 | 2 | 4 | 8 {
  if (value < 0x40) return 1;
  if (value < 0x4000) return 2;
  return value < 0x4000_0000 ? 4 : 8;
}

/**
 * Walks over one unit. Fields are named so that errors say which one was wrong. Never copies: `bytes` and `rest` are
 * views of the input.
 *
 * @throws {@link ProtocolError} E_TRUNCATED when the unit ends inside a field, E_RANGE when a varint exceeds 2^53 - 1.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset: number;

  /** @param offset where to start, for instance behind the byte that names the unit. */
  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** Bytes read so far, from the start of the unit. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(field: string): number {
    return this.#byte(this.#take(1, field));
  }

  u16(field: string): number {
    const at = this.#take(2, field);
    return (this.#byte(at) << 8) | this.#byte(at + 1);
  }

  /** Two's complement. */
  i16(field: string): number {
    return (this.u16(field) << 16) >> 16;
  }

  u32(field: string): number {
    return this.#wordAt(this.#take(4, field));
  }

  /** A variable-length integer; encodings longer than needed are accepted (RFC 9000 section 16). */
  varint(field: string): number {
    if (this.remaining < 1) this.#truncated(1, field);
    const first = this.#byte(this.#offset);
    switch (first >> 6) {
      case 0:
        this.#offset += 1;
        return first;
      case 1: {
        const at = this.#take(2, field);
        return ((first & 0x3f) << 8) | this.#byte(at + 1);
      }
      case 2:
        return this.#wordAt(this.#take(4, field)) - 0x8000_0000;
      default: {
        const at = this.#take(8, field);
        const high = this.#wordAt(at) - 0xc000_0000;
        if (high > 0x1f_ffff) {
          throw new ProtocolError('E_RANGE', `${field}: expected at most 2^53 - 1, got more`);
        }
        return high * 0x1_0000_0000 + this.#wordAt(at + 4);
      }
    }
  }

  /** A view of the next `length` bytes. */
  bytes(length: number, field: string): Uint8Array {
    const at = this.#take(length, field);
    return this.#bytes.subarray(at, at + length);
  }

  /** A view of everything left, perhaps empty. */
  rest(): Uint8Array {
    const at = this.#offset;
    this.#offset = this.#bytes.length;
    return this.#bytes.subarray(at);
  }

  /**
   * The next `length` bytes as UTF-8.
   *
   * @throws {@link ProtocolError} E_TEXT when they are not.
   */
  utf8(length: number, field: string): string {
    const bytes = this.bytes(length, field);
    try {
      return textDecoder.decode(bytes);
    } catch (cause) {
      const message = `${field}: expected utf-8, got ${bytes.length} bytes that are not`;
      throw new ProtocolError('E_TEXT', message, { cause });
    }
  }

  /**
   * Asserts that the unit ends here.
   *
   * @throws {@link ProtocolError} E_TRAILING when it does not.
   */
  end(unit: string): void {
    if (this.remaining > 0) {
      const message = `${unit}: expected the end of the unit, got ${this.remaining} more bytes`;
      throw new ProtocolError('E_TRAILING', message);
    }
  }

  #take(length: number, field: string): number {
    const at = this.#offset;
    if (length > this.#bytes.length - at) this.#truncated(length, field);
    this.#offset = at + length;
    return at;
  }

  #truncated(length: number, field: string): never {
    const message = `${field}: expected ${length} bytes, got ${this.remaining}`;
    throw new ProtocolError('E_TRUNCATED', message);
  }

  // Callers have checked the bounds; the fallback only satisfies the index check.
  #byte(at: number): number {
    return this.#bytes[at] ?? 0;
  }

  #wordAt(at: number): number {
    const low = (this.#byte(at + 1) << 16) | (this.#byte(at + 2) << 8) | this.#byte(at + 3);
    return this.#byte(at) * 0x100_0000 + low;
  }
}

/**
 * Builds one unit in one allocation when `capacity` suffices; grows by doubling when it does not.
 *
 * @throws RangeError when a value does not fit its field: a mistake of the caller.
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacity bytes to allocate at first. */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number, field: string): void {
    checkRange(value, 0, 0xff, field);
    this.#eight(value);
  }

  u16(value: number, field: string): void {
    checkRange(value, 0, 0xffff, field);
    this.#sixteen(value);
  }

  /** Two's complement. */
  i16(value: number, field: string): void {
    checkRange(value, -0x8000, 0x7fff, field);
    this.#sixteen(value);
  }

  u32(value: number, field: string): void {
    checkRange(value, 0, 0xffff_ffff, field);
    this.#word(value);
  }

  /** The shortest variable-length integer that holds `value`, 0 to 2^53 - 1. */
  varint(value: number, field: string): void {
    checkRange(value, 0, Number.MAX_SAFE_INTEGER, field);
    switch (varintBytes(value)) {
      case 1:
        this.#eight(value);
        return;
      case 2:
        this.#sixteen(value | 0x4000);
        return;
      case 4:
        this.#word(value + 0x8000_0000);
        return;
      case 8:
        this.#word(Math.floor(value / 0x1_0000_0000) + 0xc000_0000);
        this.#word(value % 0x1_0000_0000);
    }
  }

  bytes(bytes: Uint8Array): void {
    // First grow, which may replace the buffer, then take the buffer.
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** UTF-8 without a length. */
  utf8(text: string): void {
    this.bytes(encodeText(text));
  }

  /** The unit; the writer must not be used afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#length === this.#bytes.length
      ? this.#bytes
      : this.#bytes.subarray(0, this.#length);
  }

  #eight(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  #sixteen(value: number): void {
    const at = this.#grow(2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
  }

  #word(value: number): void {
    const at = this.#grow(4);
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  #grow(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }
}

function checkRange(value: number, least: number, most: number, field: string): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${field}: expected an integer from ${least} to ${most}, got ${value}`);
  }
}
