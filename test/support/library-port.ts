import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What stands for the library: a UDP port that notes what comes, and from where. */
export class LibraryPort {
  readonly heard: { readonly packet: Buffer; readonly from: RemoteInfo }[] = [];
  readonly #socket: UdpSocket;

  private constructor(socket: UdpSocket) {
    this.#socket = socket;
    socket.on('message', (packet, from) => this.heard.push({ packet, from }));
  }

  static async open(): Promise<LibraryPort> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    return new LibraryPort(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves in another turn, so that others get theirs. */
  async answer(packet: Uint8Array, to = this.heard[0]?.from): Promise<void> {
    this.#socket.send(packet, to?.port ?? 0, to?.address);
    await turn();
  }
}
