import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, type BlockList } from 'node:net';

import type { Role } from './grant.ts';

/** Which peers are proxies of ours, and what is believed of theirs. */
export interface TrustedProxiesOptions {
  /** Addresses and networks of the proxies. */
  readonly trusted: BlockList;
  /** Header in which a proxy names who has logged in there, with what it proves itself by; none is believed without. */
  readonly identity?: {
    readonly header: string;
    readonly secret: string;
    /** Who gets control; `*` is everybody. All others watch. */
    readonly controllers: readonly string[];
  };
}

/** Somebody whom a proxy has let in. */
export interface ProxyIdentity {
  readonly name: string;
  readonly role: Role;
}

/** A request as its browser sent it. */
export interface SeenRequest {
  /** Address of the browser. */
  readonly address: string;
  readonly host: string | undefined;
  /** Whether the browser speaks https; undefined when no proxy said so. */
  readonly isSecure: boolean | undefined;
  readonly identity: ProxyIdentity | undefined;
}

/** Header with the secret that a proxy and this server share. */
export const PROXY_SECRET_HEADER = 'x-oriel-proxy-secret';

/** Longest name of somebody, in characters: an e-mail address has 254 at most (RFC 5321). */
const MAX_NAME_CHARACTERS = 254;

/** What reverse proxies say about a request is believed of those that the settings name, and of nobody else. */
export class TrustedProxies {
  readonly #trusted: BlockList;
  readonly #identity: TrustedProxiesOptions['identity'];

  constructor({ trusted, identity }: TrustedProxiesOptions) {
    this.#trusted = trusted;
    this.#identity = identity;
  }

  see(request: IncomingMessage): SeenRequest {
    const { headers, socket } = request;
    const peer = plainAddress(socket.remoteAddress ?? '');
    if (!this.#isTrusted(peer)) {
      return { address: peer, host: headers.host, isSecure: undefined, identity: undefined };
    }
    const proto = single(headers['x-forwarded-proto'])?.toLowerCase();
    return {
      address: this.#clientOf(single(headers['x-forwarded-for']), peer),
      host: single(headers['x-forwarded-host']) ?? headers.host,
      isSecure: proto === 'https' ? true : proto === 'http' ? false : undefined,
      identity: this.#identityOf(request),
    };
  }

  /** The last address of the list that is no proxy of ours: those before it are only what that one said. */
  #clientOf(forwardedFor: string | undefined, peer: string): string {
    let client = peer;
    for (const text of (forwardedFor ?? '').split(',').reverse()) {
      const address = plainAddress(text.trim());
      if (isIP(address) === 0) break;
      client = address;
      if (!this.#isTrusted(address)) break;
    }
    return client;
  }

  #identityOf({ headers }: IncomingMessage): ProxyIdentity | undefined {
    if (this.#identity === undefined) return undefined;
    const { header, secret, controllers } = this.#identity;
    const name = single(headers[header.toLowerCase()]);
    const proof = single(headers[PROXY_SECRET_HEADER]);
    if (name === undefined || name === '' || name.length > MAX_NAME_CHARACTERS) return undefined;
    if (proof === undefined || !isSame(proof, secret)) return undefined;
    const isController = controllers.includes('*') || controllers.includes(name);
    return { name, role: isController ? 'controller' : 'viewer' };
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** An IPv4 address as such, where a dual-stack socket has it as an IPv6 one. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Compares in a time that says nothing about the secret: hashes have one length. */
function isSame(given: string, secret: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
