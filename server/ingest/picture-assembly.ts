/** Most bytes of one access unit: the largest message that the wire carries (8 MB). */
export const MAX_ACCESS_UNIT_BYTES = 8 * 1024 * 1024;

/** Most pieces of one access unit. 8 MB in packets of 1,200 bytes are 7,000. */
const MAX_PIECES = 16_384;

/** Most memory that the pieces may keep alive: views of few bytes can hold chunks of 64 KB each. */
const MAX_HELD_BYTES = 4 * MAX_ACCESS_UNIT_BYTES;

const START_CODE = Uint8Array.of(0, 0, 0, 1);

/**
 * Collects the parts of one picture as views and writes them once, at the end: the one copy between the pipe and the
 * viewers. Bounded in bytes, pieces and memory kept alive; beyond that it drops what it holds and says
 * `isOversized`.
 */
export class PictureAssembly {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #heldBytes = 0;
  #lastBuffer: ArrayBufferLike | undefined;
  #isOversized = false;

  /** More was added than an access unit may hold; nothing is kept until `take` or `clear`. */
  get isOversized(): boolean {
    return this.#isOversized;
  }

  /** Begins a NAL unit, behind a start code (Annex B), with its first bytes. */
  beginNal(bytes: Uint8Array): void {
    this.#add(START_CODE);
    this.append(bytes);
  }

  /** Goes on with what was added last. */
  append(bytes: Uint8Array): void {
    if (bytes.buffer !== this.#lastBuffer) {
      this.#lastBuffer = bytes.buffer;
      this.#heldBytes += bytes.buffer.byteLength;
    }
    this.#add(bytes);
  }

  /** Returns the access unit in memory of its own and clears the assembly. */
  take(): Uint8Array {
    const unit = new Uint8Array(this.#bytes);
    let offset = 0;
    for (const piece of this.#pieces) {
      unit.set(piece, offset);
      offset += piece.length;
    }
    this.clear();
    return unit;
  }

  clear(): void {
    this.#release();
    this.#isOversized = false;
  }

  #add(bytes: Uint8Array): void {
    if (this.#isOversized) return;
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (
      this.#bytes > MAX_ACCESS_UNIT_BYTES ||
      this.#pieces.length > MAX_PIECES ||
      this.#heldBytes > MAX_HELD_BYTES
    ) {
      this.#release();
      this.#isOversized = true;
    }
  }

  #release(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#heldBytes = 0;
    this.#lastBuffer = undefined;
  }
}
