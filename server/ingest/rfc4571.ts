/**
 * Cuts a byte stream into packets by the framing of RFC 4571, section 2:
 *
 * ```
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 …
 * +---------------+---------------+--------
 * |         LENGTH (u16)          | RTP packet of LENGTH bytes …
 * +---------------+---------------+--------
 * ```
 *
 * A packet that lies whole in one chunk comes out as a view of it. One that crosses chunks is joined in a buffer of its
 * own; that is the only memory held, at most 65,535 bytes. Every byte string is valid framing: there is nothing to
 * refuse here, and the stages behind tell garbage from RTP.
 */
export class Rfc4571Deframer {
  /** First byte of a length field whose second has not come yet. */
  #lengthHigh: number | undefined;
  /** The packet that the last chunk left unfinished. */
  #partial: Uint8Array | undefined;
  #partialBytes = 0;

  /**
   * Returns the packets that `chunk` completes, frames of length 0 included. The caller hands the chunk over: views of
   * it live on in the packets.
   */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const packets: Uint8Array[] = [];
    let offset = this.#continuePartial(chunk, packets);
    while (offset < chunk.length) {
      const high = this.#lengthHigh ?? chunk[offset++] ?? 0;
      const low = chunk[offset++];
      if (low === undefined) {
        this.#lengthHigh = high;
        break;
      }
      this.#lengthHigh = undefined;
      const length = high * 256 + low;
      const end = offset + length;
      if (end > chunk.length) {
        this.#partial = new Uint8Array(length);
        this.#partial.set(chunk.subarray(offset));
        this.#partialBytes = chunk.length - offset;
        break;
      }
      packets.push(chunk.subarray(offset, end));
      offset = end;
    }
    return packets;
  }

  /** Forgets an unfinished packet: the next byte is the first of a stream. */
  reset(): void {
    this.#lengthHigh = undefined;
    this.#partial = undefined;
    this.#partialBytes = 0;
  }

  /** Fills the unfinished packet; returns how many bytes of the chunk that took. */
  #continuePartial(chunk: Uint8Array, packets: Uint8Array[]): number {
    const partial = this.#partial;
    if (partial === undefined) return 0;
    const taken = Math.min(partial.length - this.#partialBytes, chunk.length);
    partial.set(chunk.subarray(0, taken), this.#partialBytes);
    this.#partialBytes += taken;
    if (this.#partialBytes === partial.length) {
      packets.push(partial);
      this.#partial = undefined;
      this.#partialBytes = 0;
    }
    return taken;
  }
}
