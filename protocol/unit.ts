/** Units as transports carry them: one per WebSocket message, or behind a length on the control stream. */

import { ByteWriter, varintBytes } from './bytes.ts';
import { decodeControl, type ControlUnit } from './control/control-unit.ts';
import { decodeDataUnit, type DataUnit } from './data-unit.ts';
import { ProtocolError } from './errors.ts';
import { maxUnitBytes } from './limits.ts';
import { isDataUnitId } from './unit-id.ts';

/**
 * Decodes a unit of either sort; its first byte decides. Payloads are views of `bytes`.
 *
 * @throws {@link ProtocolError} when it is malformed.
 */
export function decodeUnit(bytes: Uint8Array): DataUnit | ControlUnit {
  const first = bytes[0];
  return first === undefined || isDataUnitId(first) ? decodeDataUnit(bytes) : decodeControl(bytes);
}

/** Puts the length that the control stream needs before an encoded control unit: `len:i unit`. */
export function encodeStreamUnit(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.length < 1 || bytes.length > maxUnitBytes) {
    throw new RangeError(`unit: expected 1 to ${maxUnitBytes} bytes, got ${bytes.length}`);
  }
  const writer = new ByteWriter(varintBytes(bytes.length) + bytes.length);
  writer.varint(bytes.length, 'len');
  writer.bytes(bytes);
  return writer.finish();
}

/**
 * Cuts the control stream into units, however its bytes are chunked. Holds at most one unit of `maxUnitBytes`, and
 * looks at every byte once. After an error it stays unusable: the stream cannot be read on.
 */
export class StreamUnitReader {
  readonly #maxUnitBytes: number;
  #length = 0;
  #prefixLeft = 0;
  #unit: Uint8Array | undefined;
  #filled = 0;
  #error: ProtocolError | undefined;

  /** @param maxBytes bytes of the largest unit that is accepted. */
  constructor(maxBytes = maxUnitBytes) {
    this.#maxUnitBytes = maxBytes;
  }

  /** Whether everything so far was whole units: false when a stream ends here means that it was cut. */
  get isBetweenUnits(): boolean {
    return this.#prefixLeft === 0 && this.#unit === undefined;
  }

  /**
   * Takes the next bytes of the stream; does not keep `chunk`.
   *
   * @returns the units that they complete, in order.
   * @throws {@link ProtocolError} when a unit is malformed or too large; those before it in the same chunk are lost.
   */
  push(chunk: Uint8Array): ControlUnit[] {
    if (this.#error !== undefined) throw this.#error;
    try {
      return this.#read(chunk);
    } catch (error) {
      if (error instanceof ProtocolError) this.#error = error;
      throw error;
    }
  }

  #read(chunk: Uint8Array): ControlUnit[] {
    const units: ControlUnit[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#unit === undefined) {
        this.#prefix(chunk[at] ?? 0);
        at += 1;
        if (this.#prefixLeft > 0) continue;
        this.#checkLength();
        if (chunk.length - at >= this.#length) {
          units.push(decodeControl(chunk.subarray(at, at + this.#length)));
          at += this.#length;
        } else {
          this.#unit = new Uint8Array(this.#length);
          this.#filled = 0;
        }
        continue;
      }
      const part = chunk.subarray(at, at + this.#unit.length - this.#filled);
      this.#unit.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#unit.length) {
        const whole = this.#unit;
        this.#unit = undefined;
        units.push(decodeControl(whole));
      }
    }
    return units;
  }

  #prefix(byte: number): void {
    if (this.#prefixLeft === 0) {
      this.#prefixLeft = (1 << (byte >> 6)) - 1;
      this.#length = byte & 0x3f;
      return;
    }
    this.#prefixLeft -= 1;
    // Eight bytes of 255 stay below 2^62: far too large for a length, and no overflow into a small one.
    this.#length = this.#length * 0x100 + byte;
  }

  #checkLength(): void {
    if (this.#length < 1) {
      throw new ProtocolError('E_TRUNCATED', 'len: expected a unit of at least 1 byte, got 0');
    }
    if (this.#length > this.#maxUnitBytes) {
      const message = `len: expected at most ${this.#maxUnitBytes} bytes, got ${this.#length}`;
      throw new ProtocolError('E_SIZE', message);
    }
  }
}
