import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';

import type { CarriedLogins } from './carried-requests.ts';
import type { Grant } from './grant.ts';
import { TrustedProxies, type SeenRequest } from './proxies.ts';

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Where the server listens, and under which addresses it is reached. */
export interface OriginPolicyOptions {
  /** Address that the server listens on. */
  readonly listenHost: string;
  /** Origins of the settings: through a proxy, or a name. */
  readonly publicOrigins: readonly string[];
  /** Whether the server itself speaks https. */
  readonly isSecure: boolean;
  /** Whether pages over plain http may be used from other machines; not unless given. */
  readonly allowsPlainHttp?: boolean;
  /** Whose forwarded headers are believed; nobody's unless given. */
  readonly proxies?: TrustedProxies | undefined;
  /** Requests that sessions carry; none unless given. */
  readonly carried?: CarriedLogins;
}

/** What an Origin header is worth; `insecure` is an origin of ours on which browsers withhold what the page needs. */
export type OriginVerdict = 'allowed' | 'missing' | 'foreign' | 'insecure';

/**
 * Which names this server answers to, and whose pages may ask it for anything.
 *
 * A page of another site can make a browser send requests here, by a link, or by a name of its own that it lets point here
 * (DNS rebinding). Both show in a header that pages cannot set: in Origin the one, in Host the other. So Host has to be a
 * name that is ours, which no foreign page can have, and Origin has to be the same place.
 */
export class OriginPolicy {
  readonly #options: OriginPolicyOptions;
  readonly #proxies: TrustedProxies;
  readonly #publicOrigins: ReadonlySet<string>;
  readonly #publicHosts: ReadonlySet<string>;

  constructor(options: OriginPolicyOptions) {
    this.#options = options;
    this.#proxies = options.proxies ?? new TrustedProxies({ trusted: new BlockList() });
    const urls = options.publicOrigins.map((origin) => new URL(origin));
    this.#publicOrigins = new Set(urls.map((url) => url.origin));
    this.#publicHosts = new Set(urls.map((url) => url.host));
  }

  get allowsPlainHttp(): boolean {
    return this.#options.allowsPlainHttp === true;
  }

  /** Whether the browser keeps no secure cookie for the page of a request: plain http, which is allowed, and not the machine itself. */
  isPlain(request: IncomingMessage): boolean {
    const { host, isSecure = this.#options.isSecure } = this.seen(request);
    const parsed = parseHost(host);
    if (!this.allowsPlainHttp || isSecure || parsed === undefined) return false;
    return !isLoopback(parsed.name) && !this.#publicOrigins.has(`https://${parsed.host}`);
  }

  /** What lets the request in that is being answered, where a session's connection carried it. */
  get carried(): Grant | undefined {
    return this.#options.carried?.grant;
  }

  /** The request as its browser sent it, before a trusted proxy, or to the session's connection that carried it. */
  seen(request: IncomingMessage): SeenRequest {
    const { carried } = this;
    return carried === undefined ? this.#proxies.see(request) : seenCarried(carried);
  }

  /**
   * Whether the Host header names this server: a loopback name, an address that it listens on, or the host of a public
   * origin. Ports are left free, so that a forwarded port works; a page of another port has another Origin.
   */
  isHostAllowed(host: string | undefined): boolean {
    const parsed = parseHost(host);
    if (parsed === undefined) return false;
    if (this.#publicHosts.has(parsed.host) || LOOPBACK_HOSTS.includes(parsed.name)) return true;
    // An address in the Host header is no name that somebody could point elsewhere.
    const address = parsed.name.replace(/^\[|\]$/g, '');
    const { listenHost } = this.#options;
    return isIP(address) !== 0 && (isAnyAddress(listenHost) || address === listenHost);
  }

  /** Judges the Origin header of a request whose Host is allowed; `isSecure`: what a trusted proxy says of the browser's side. */
  judge(
    origin: string | undefined,
    host: string | undefined,
    isSecure = this.#options.isSecure,
  ): OriginVerdict {
    if (origin === undefined) return 'missing';
    const direct = directOrigin(host, isSecure);
    if (!this.#publicOrigins.has(origin) && origin !== direct) return 'foreign';
    return this.allowsPlainHttp || isTrustworthy(new URL(origin)) ? 'allowed' : 'insecure';
  }

  /** Hosts (with port) that pages of this server may have been loaded from, given the Host header of one. */
  pageHosts(host: string | undefined): readonly string[] {
    const parsed = parseHost(host);
    return [...new Set([...(parsed === undefined ? [] : [parsed.host]), ...this.#publicHosts])];
  }
}

/** The page's origin was judged when the connection was let in. */
function seenCarried({ origin }: Grant): SeenRequest {
  const { host, protocol } = URL.canParse(origin) ? new URL(origin) : { host: '', protocol: '' };
  return { address: '', host, isSecure: protocol === 'https:', identity: undefined };
}

/** Whether browsers treat the origin as secure: https, or the machine itself (W3C Secure Contexts, section 3.1). */
function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}

/** Whether a host is the machine itself, in the form that URLs have it (`[::1]`) or without brackets. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** The address by which other machines most likely reach this one: its first IPv4 address that is no loopback. */
export function reachableAddress(): string | undefined {
  return machineAddresses().find((address) => isIP(address) === 4 && !isLoopback(address));
}

function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // Link-local addresses carry a zone, which no origin can.
  return all.filter(({ scopeid }) => (scopeid ?? 0) === 0).map(({ address }) => address);
}

function directOrigin(host: string | undefined, isSecure: boolean): string | undefined {
  const parsed = parseHost(host);
  const address = `${isSecure ? 'https' : 'http'}://${parsed?.host ?? ''}`;
  return URL.canParse(address) ? new URL(address).origin : undefined;
}

/** Takes a Host header apart (RFC 9110, section 7.2); undefined for anything but name or address and port. */
function parseHost(
  host: string | undefined,
): { readonly name: string; readonly host: string } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  if (match?.[1] === undefined) return undefined;
  return { name: match[1].toLowerCase(), host: match[0].toLowerCase() };
}
