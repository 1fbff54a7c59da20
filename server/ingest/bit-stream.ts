/** Longest run of zeros in a 32-bit Exp-Golomb code (H.264, section 9.1). */
const MAX_LEADING_ZEROS = 32;

/**
 * Reads the bits of a raw byte sequence payload. Behind the end it returns zeros and sets `overrun`, so that a parser
 * needs one check at its end instead of one per field.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;
  #overrun = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits read so far. */
  get position(): number {
    return this.#position;
  }

  /** More bits were asked for than there are, or a code made no sense: nothing that was read can be trusted. */
  get overrun(): boolean {
    return this.#overrun;
  }

  bit(): 0 | 1 {
    const byte = this.#bytes[this.#position >> 3];
    if (byte === undefined) {
      this.#overrun = true;
      return 0;
    }
    const bit = (byte >> (7 - (this.#position & 7))) & 1;
    this.#position += 1;
    return bit === 1 ? 1 : 0;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** Unsigned number of `count` bits, most significant first; at most 32. */
  unsigned(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /** Unsigned Exp-Golomb code, ue(v). */
  exponential(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > MAX_LEADING_ZEROS || this.#overrun) {
        this.#overrun = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.unsigned(zeros);
  }

  /** Signed Exp-Golomb code, se(v). */
  signedExponential(): number {
    const code = this.exponential();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Writes bits, most significant first. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 0;

  bit(value: number): void {
    if ((this.#used & 7) === 0) this.#bytes.push(0);
    if (value !== 0) {
      const last = this.#bytes.length - 1;
      this.#bytes[last] = (this.#bytes[last] ?? 0) | (0x80 >> (this.#used & 7));
    }
    this.#used += 1;
  }

  /** Unsigned number of `count` bits; at most 32. */
  unsigned(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.bit(Math.floor(value / 2 ** i) % 2);
  }

  /** Unsigned Exp-Golomb code, ue(v), of a value below 2^31. */
  exponential(value: number): void {
    const bits = 32 - Math.clz32(value + 1);
    this.unsigned(0, bits - 1);
    this.unsigned(value + 1, bits);
  }

  /** Ends the payload with rbsp_trailing_bits and returns it. */
  finish(): Uint8Array {
    this.bit(1);
    while ((this.#used & 7) !== 0) this.bit(0);
    return Uint8Array.from(this.#bytes);
  }
}
