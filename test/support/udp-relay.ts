import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What happens to packets of one direction. */
export type Passage = 'pass' | 'hold' | 'drop';

/** What a path does to every packet that passes, in both directions. */
export interface Impairment {
  /** Milliseconds that a packet takes longer. */
  readonly delayMs: number;
  /** Of so many packets one is lost. */
  readonly lossOneIn: number;
}

/**
 * A path between one client and a server on the loopback address, which a test can hold up or cut without either end
 * being told.
 */
export class UdpRelay {
  /** The port to which the client sends. */
  readonly port: number;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #serverPort: number;
  #isClosed = false;
  #client: RemoteInfo | undefined;
  #toClient: Passage = 'pass';
  #toServer: Passage = 'pass';
  readonly #heldForClient: Buffer[] = [];
  /** Counts packets of both directions, so that each run of a test loses the same ones. */
  #packets = 0;
  impairment: Impairment | undefined;

  private constructor(near: Socket, far: Socket, serverPort: number) {
    this.#near = near;
    this.#far = far;
    this.#serverPort = serverPort;
    this.port = near.address().port;
    near.on('message', (packet, from) => {
      this.#client = from;
      if (this.#toServer !== 'pass') return;
      this.#carry(() => far.send(packet, this.#serverPort, '127.0.0.1'));
    });
    far.on('message', (packet) => {
      if (this.#toClient === 'hold') this.#heldForClient.push(packet);
      else if (this.#toClient === 'pass') this.#carry(() => this.#sendToClient(packet));
    });
  }

  static async open(serverPort: number): Promise<UdpRelay> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    for (const socket of sockets) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    }
    return new UdpRelay(...sockets, serverPort);
  }

  /** Packets that were held are sent when they may pass again. */
  set toClient(passage: Passage) {
    this.#toClient = passage;
    if (passage !== 'pass') return;
    for (const packet of this.#heldForClient.splice(0)) this.#sendToClient(packet);
  }

  set toServer(passage: Exclude<Passage, 'hold'>) {
    this.#toServer = passage;
  }

  close(): void {
    this.#isClosed = true;
    this.#near.close();
    this.#far.close();
  }

  #carry(send: () => void): void {
    const { impairment } = this;
    this.#packets += 1;
    if (impairment === undefined) send();
    else if (this.#packets % impairment.lossOneIn !== 0)
      setTimeout(() => {
        if (!this.#isClosed) send();
      }, impairment.delayMs);
  }

  #sendToClient(packet: Buffer): void {
    if (this.#client !== undefined) this.#near.send(packet, this.#client.port, '127.0.0.1');
  }
}
