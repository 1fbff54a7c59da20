import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { ExpectedPeers } from './expected-peers.ts';
import type { LibraryAddress } from './ice-tcp-link.ts';

/** Bytes of a packet; ICE, DTLS and SRTP stay below an Ethernet frame. */
const MAX_PACKET_BYTES = 2_048;

/** Packets that wait for the socket to the library, which is ready in the next turn: checks alone come before that. */
const MAX_EARLY = 8;

/** Bytes that the kernel is asked to hold: a keyframe comes and leaves at once. The kernel may give less. */
const RECEIVE_BYTES = 1024 * 1024;

/** Where the library is, and where else it is to be heard. */
export interface OwnAddressFrontOptions {
  /** On a loopback address of IPv4. */
  readonly library: LibraryAddress;
  /** The machine's own address, IPv4; undefined: it has none. */
  ownAddress(): string | undefined;
}

/**
 * The library's UDP port under the machine's own address, while the library itself listens on a loopback address: Firefox has no loopback
 * candidates, and pairs none of a gateway with the address of its network (seen in version 153). Only this machine is heard: the kernel
 * takes no packet from outside that bears one of its own addresses as source. Open while a peer is there that was let in.
 */
export class OwnAddressFront {
  readonly #options: OwnAddressFrontOptions;
  readonly #peers = new ExpectedPeers<OwnAddressLink>();
  /** By where their packets come from. */
  readonly #links = new Map<string, OwnAddressLink>();
  #socket: UdpSocket | undefined;
  #own: ReadonlySet<string> = new Set();

  constructor(options: OwnAddressFrontOptions) {
    this.#options = options;
  }

  /** A peer was let in whose checks will have these. */
  expect(local: { readonly ufrag: string; readonly pwd: string }): void {
    this.#peers.expect(local);
    this.#socket ??= this.#open();
  }

  /** A peer has ended. */
  forget(ufrag: string): void {
    this.#peers.forget(ufrag);
    if (this.#peers.isEmpty) this.#close();
  }

  #open(): UdpSocket | undefined {
    const address = this.#options.ownAddress();
    if (address === undefined) return undefined;
    this.#own = ownAddresses();
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BYTES });
    // Where somebody else has the port there, browsers take the other candidates.
    socket.on('error', () => this.#close());
    socket.on('message', (packet, from) => this.#take(packet, from));
    socket.bind(this.#options.library.port, address);
    return socket;
  }

  #close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    for (const link of [...this.#links.values()]) link.close();
  }

  #take(packet: Buffer, from: RemoteInfo): void {
    if (packet.byteLength > MAX_PACKET_BYTES || !this.#own.has(from.address)) return;
    const link = this.#links.get(nameOf(from)) ?? this.#letIn(packet, from);
    link?.send(packet);
  }

  #letIn(packet: Buffer, from: RemoteInfo): OwnAddressLink | undefined {
    const links = this.#peers.linksOf(packet);
    const { address } = this.#socket?.address() ?? {};
    if (links === undefined || address === undefined) return undefined;
    const link = new OwnAddressLink({
      library: this.#options.library,
      address,
      onAnswer: (answer) => this.#socket?.send(answer, from.port, from.address),
      onClosed: () => {
        links.delete(link);
        this.#links.delete(nameOf(from));
      },
    });
    links.add(link);
    this.#links.set(nameOf(from), link);
    return link;
  }
}

interface OwnAddressLinkOptions {
  readonly library: LibraryAddress;
  /** The machine's own. */
  readonly address: string;
  onAnswer(packet: Buffer): void;
  /** Told once. */
  onClosed(): void;
}

/** The packets of one port of a browser: the library knows it by the UDP port here. */
class OwnAddressLink {
  readonly #options: OwnAddressLinkOptions;
  readonly #udp: UdpSocket;
  readonly #early: Buffer[] = [];
  #isReady = false;
  #isClosed = false;

  constructor(options: OwnAddressLinkOptions) {
    this.#options = options;
    const { library, address } = options;
    this.#udp = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BYTES });
    this.#udp.on('error', () => this.close());
    this.#udp.on('message', (packet) => options.onAnswer(packet));
    // The library tells a browser from where it is heard, and Firefox takes no loopback address for an answer.
    this.#udp.bind(0, address, () => {
      // Connected, it hears nobody but the library.
      if (!this.#isClosed) this.#udp.connect(library.port, library.address, () => this.#ready());
    });
  }

  send(packet: Buffer): void {
    if (this.#isReady) this.#udp.send(packet);
    else if (this.#early.length < MAX_EARLY) this.#early.push(packet);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isReady = false;
    this.#udp.close();
    this.#options.onClosed();
  }

  #ready(): void {
    if (this.#isClosed) return;
    this.#isReady = true;
    for (const packet of this.#early.splice(0)) this.#udp.send(packet);
  }
}

/** Whether an address is heard on this machine alone. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || address.startsWith('127.');

const nameOf = ({ address, port }: RemoteInfo): string => `${address} ${port}`;

function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => address));
}
