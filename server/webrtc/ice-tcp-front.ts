import type { Socket } from 'node:net';
import { readBindingRequest } from './binding-request.ts';
import { IceTcpLink, type LibraryAddress } from './ice-tcp-link.ts';

/** Connections of one peer: a browser makes one for each of its networks and each address that it was told. */
const MAX_LINKS_PER_PEER = 16;

interface ExpectedPeer {
  readonly pwd: string;
  readonly links: Set<IceTcpLink>;
}

/**
 * ICE over TCP on a port of the gateway, for a library that knows UDP only. A connection stays when its first packet is a check of a
 * peer that was let in, signed with the password of its answer; it ends with that peer.
 */
export class IceTcpFront {
  readonly #library: LibraryAddress;
  /** By the user fragment of this side. */
  readonly #peers = new Map<string, ExpectedPeer>();

  constructor(library: LibraryAddress) {
    this.#library = library;
  }

  /** A peer was let in whose checks will have these. */
  expect({ ufrag, pwd }: { readonly ufrag: string; readonly pwd: string }): void {
    this.#peers.set(ufrag, { pwd, links: new Set() });
  }

  /** A peer has ended. */
  forget(ufrag: string): void {
    const links = this.#peers.get(ufrag)?.links ?? [];
    this.#peers.delete(ufrag);
    for (const link of links) link.close();
  }

  /** Takes a connection, which is ended here. Whoever gave it bounds the time until `onKnown`. */
  take(socket: Socket, onKnown: () => void): void {
    let peer: ExpectedPeer | undefined;
    const link: IceTcpLink = new IceTcpLink({
      socket,
      library: this.#library,
      isLetIn: (packet) => {
        peer = this.#peerOf(packet);
        peer?.links.add(link);
        if (peer !== undefined) onKnown();
        return peer !== undefined;
      },
      onClosed: () => peer?.links.delete(link),
    });
  }

  #peerOf(packet: Uint8Array): ExpectedPeer | undefined {
    const request = readBindingRequest(packet);
    const peer = request && this.#peers.get(request.ufrag);
    if (peer === undefined || peer.links.size >= MAX_LINKS_PER_PEER) return undefined;
    return request?.isSignedWith(peer.pwd) === true ? peer : undefined;
  }
}
