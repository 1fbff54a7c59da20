/** Reads the bits of an H.264 parameter set (ITU-T H.264, section 7.2); past the end it reads zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @param nal a NAL unit from behind its header; emulation prevention bytes are passed over */
  constructor(nal: Uint8Array) {
    this.#bytes = nal.filter((byte, at) => !(byte === 3 && nal[at - 1] === 0 && nal[at - 2] === 0));
  }

  bit(): number {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    const bit = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return bit;
  }

  unsigned(bits: number): number {
    let value = 0;
    for (let count = 0; count < bits; count += 1) value = value * 2 + this.bit();
    return value;
  }

  /** ue(v), section 9.1; 32 leading zeros at most. */
  exponential(): number {
    let zeros = 0;
    while (zeros < 32 && this.bit() === 0) zeros += 1;
    return 2 ** zeros - 1 + this.unsigned(zeros);
  }

  /** se(v), section 9.1.1. */
  signedExponential(): number {
    const code = this.exponential();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
