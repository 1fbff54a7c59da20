import type { Socket } from 'node:net';
import { ExpectedPeers } from './expected-peers.ts';
import { IceTcpLink, type LibraryAddress } from './ice-tcp-link.ts';

/**
 * ICE over TCP on a port of the gateway, for a library that knows UDP only. A connection stays when its first packet is a check of a
 * peer that was let in, signed with the password of its answer; it ends with that peer.
 */
export class IceTcpFront {
  readonly #library: LibraryAddress;
  readonly #peers = new ExpectedPeers<IceTcpLink>();

  constructor(library: LibraryAddress) {
    this.#library = library;
  }

  /** A peer was let in whose checks will have these. */
  expect(local: { readonly ufrag: string; readonly pwd: string }): void {
    this.#peers.expect(local);
  }

  /** A peer has ended. */
  forget(ufrag: string): void {
    this.#peers.forget(ufrag);
  }

  /** Takes a connection, which is ended here. Whoever gave it bounds the time until `onKnown`. */
  take(socket: Socket, onKnown: () => void): void {
    let links: Set<IceTcpLink> | undefined;
    const link: IceTcpLink = new IceTcpLink({
      socket,
      library: this.#library,
      isLetIn: (packet) => {
        links = this.#peers.linksOf(packet);
        links?.add(link);
        if (links !== undefined) onKnown();
        return links !== undefined;
      },
      onClosed: () => links?.delete(link),
    });
  }
}
