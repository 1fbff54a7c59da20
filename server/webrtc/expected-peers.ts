import { readBindingRequest } from './binding-request.ts';

/** Ways of one peer's packets to the library: a browser makes one for each of its networks and each address that it was told. */
const MAX_LINKS_PER_PEER = 16;

/** A way of packets that ends with its peer. */
interface Link {
  close(): void;
}

interface ExpectedPeer<Way extends Link> {
  readonly pwd: string;
  readonly links: Set<Way>;
}

/** The peers that were let in, and the ways by which their packets come to a library that does not hear them itself. */
export class ExpectedPeers<Way extends Link> {
  /** By the user fragment of this side. */
  readonly #peers = new Map<string, ExpectedPeer<Way>>();

  get isEmpty(): boolean {
    return this.#peers.size === 0;
  }

  /** A peer was let in whose checks will have these. */
  expect({ ufrag, pwd }: { readonly ufrag: string; readonly pwd: string }): void {
    this.#peers.set(ufrag, { pwd, links: new Set() });
  }

  /** A peer has ended, and its ways with it. */
  forget(ufrag: string): void {
    const links = this.#peers.get(ufrag)?.links ?? [];
    this.#peers.delete(ufrag);
    for (const link of links) link.close();
  }

  /** The ways of the peer of which a packet is a check, signed with the password of its answer; undefined for anything else, and where it has enough. */
  linksOf(packet: Uint8Array): Set<Way> | undefined {
    const request = readBindingRequest(packet);
    const peer = request && this.#peers.get(request.ufrag);
    if (peer === undefined || peer.links.size >= MAX_LINKS_PER_PEER) return undefined;
    return request?.isSignedWith(peer.pwd) === true ? peer.links : undefined;
  }
}
