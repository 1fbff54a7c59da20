/**
 * Bytes of packets that may wait for a TCP connection: 0.2 s at 10 Mbit/s, beside what its socket and the kernel hold. What waits for longer
 * is worth less than what comes next.
 */
export const MAX_WAITING_BYTES = 256 * 1024;

/** Packets that wait for a stream that takes them slower than they come; of too many the oldest give way. A pure core. */
export class PacketOutbox {
  readonly #packets: Uint8Array[] = [];
  #bytes = 0;

  push(packet: Uint8Array): void {
    this.#packets.push(packet);
    this.#bytes += packet.byteLength;
    while (this.#bytes > MAX_WAITING_BYTES) this.shift();
  }

  /** Takes the oldest. */
  shift(): Uint8Array | undefined {
    const packet = this.#packets.shift();
    this.#bytes -= packet?.byteLength ?? 0;
    return packet;
  }
}
