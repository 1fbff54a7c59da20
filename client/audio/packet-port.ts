import type { PacketSink } from './sound-path.ts';

/** Passes packets on to the page, which plays them by Media Source. */
export class PacketPort implements PacketSink {
  readonly #port: MessagePort;
  readonly counters = { errors: 0 };

  constructor(port: MessagePort) {
    this.#port = port;
  }

  decode(packet: Uint8Array): void {
    const own = new Uint8Array(packet);
    this.#port.postMessage(own, [own.buffer]);
  }

  reset(): void {
    // Packets of Opus stand alone.
  }

  close(): void {
    this.#port.close();
  }
}
