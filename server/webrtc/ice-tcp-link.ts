import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { Rfc4571Deframer } from '../ingest/rfc4571.ts';
import { PacketOutbox } from './packet-outbox.ts';

/** Milliseconds of silence in both directions after which a connection is closed: a pair in reserve is checked every 25 s. */
const IDLE_MS = 30_000;

/** Bytes of a packet; ICE, DTLS and SRTP stay below an Ethernet frame. */
const MAX_PACKET_BYTES = 2_048;

/** Bytes that the kernel is asked to hold of what the library sends: a keyframe leaves it at once. The kernel may give less. */
const RECEIVE_BYTES = 1024 * 1024;

/** Where the library has its UDP port, as this machine reaches it. */
export interface LibraryAddress {
  readonly address: string;
  readonly port: number;
}

export interface IceTcpLinkOptions {
  /** Owned by the link. */
  readonly socket: Socket;
  readonly library: LibraryAddress;
  /** Whether the connection may stay for its first packet; asked once. */
  isLetIn(packet: Uint8Array): boolean;
  /** Told once. */
  onClosed(): void;
}

/**
 * One TCP connection of ICE (RFC 6544), whose packets, framed by RFC 4571, are the library's UDP packets: the library knows the connection by
 * the UDP port here.
 */
export class IceTcpLink {
  readonly #options: IceTcpLinkOptions;
  readonly #deframer = new Rfc4571Deframer();
  readonly #outbox = new PacketOutbox();
  #udp: UdpSocket | undefined;
  /** What came before the UDP socket was ready: no more than the rest of the chunk that held the first packet. */
  readonly #early: Uint8Array[] = [];
  #isReady = false;
  #isClosed = false;

  constructor(options: IceTcpLinkOptions) {
    this.#options = options;
    const { socket } = options;
    for (const event of ['end', 'error', 'close', 'timeout']) socket.on(event, () => this.close());
    socket.on('drain', () => this.#flush());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.setNoDelay(true);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.socket.destroy();
    this.#udp?.close();
    this.#options.onClosed();
  }

  #read(chunk: Buffer): void {
    for (const packet of this.#deframer.push(chunk)) {
      if (this.#isClosed) return;
      if (packet.byteLength > MAX_PACKET_BYTES) this.close();
      else if (this.#isReady) this.#udp?.send(packet);
      else if (this.#udp !== undefined || this.#options.isLetIn(packet)) this.#hold(packet);
      else this.close();
    }
  }

  #hold(packet: Uint8Array): void {
    this.#early.push(packet);
    this.#udp ??= this.#open();
  }

  #open(): UdpSocket {
    const { socket, library } = this.#options;
    socket.pause();
    const udp = createSocket({
      type: library.address.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BYTES,
    });
    udp.on('error', () => this.close());
    udp.on('message', (packet) => this.#write(packet));
    // Connected, it hears nobody but the library.
    udp.connect(library.port, library.address, () => {
      if (this.#isClosed) return;
      this.#isReady = true;
      for (const packet of this.#early.splice(0)) udp.send(packet);
      socket.setTimeout(IDLE_MS);
      socket.resume();
    });
    return udp;
  }

  #write(packet: Buffer): void {
    const frame = Buffer.allocUnsafe(2 + packet.byteLength);
    frame.writeUInt16BE(packet.byteLength, 0);
    packet.copy(frame, 2);
    this.#outbox.push(frame);
    this.#flush();
  }

  #flush(): void {
    const { socket } = this.#options;
    while (!socket.writableNeedDrain) {
      const frame = this.#outbox.shift();
      if (frame === undefined) return;
      socket.write(frame);
    }
  }
}
