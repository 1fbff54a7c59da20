import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { maxUnitBytes } from '../../protocol/limits.ts';
import { SessionCode } from '../../protocol/errors.ts';
import type { DoorAnswer, DoorOffer, DoorRefusal, WebRtcDoor } from '../http/webrtc-door.ts';
import type { Grant } from '../http/grant.ts';
import { newSecret } from '../http/secret.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { LocalCandidate, LocalTransport } from '../signaling/answer.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import { SignalingDesk } from '../signaling/signaling-desk.ts';
import { SignalingFault } from '../signaling/signaling-fault.ts';
import type { ServerTransport } from '../transport/transport.ts';
import { ForkedPeerStack } from './forked-peer-stack.ts';
import { IceTcpFront } from './ice-tcp-front.ts';
import { requireDataChannel } from './node-datachannel-api.ts';
import { isLoopback, OwnAddressFront } from './own-address-front.ts';
import type { Peer, PeerStack } from './peer-stack.ts';
import { SharedPayloads } from './shared-payloads.ts';
import { WebRtcTransport } from './webrtc-transport.ts';

/** WebRTC sessions at once, those whose handshake is under way included: twice the connections that are allowed by default. */
const MAX_SESSIONS = 64;

/** Where WebRTC listens, what it plays, and who gets the connections. */
export interface WebRtcEndpointOptions {
  /** Address that the gateway listens on. */
  readonly host: string;
  /** UDP port of all peers; undefined: the one after `pagePort`, or any free one where that is taken. */
  readonly port: number | undefined;
  /** The gateway's TCP port, on which ICE over TCP comes in. */
  readonly pagePort: number;
  /** False: peers are told of TCP only, and the library listens on the loopback address. */
  readonly udp: boolean;
  /** Addresses to be named to peers in place of those by which they came. */
  readonly addresses: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** The machine's own address as others reach it; undefined: it has none. */
  ownAddress(): string | undefined;
  /** Codec string of the picture as it runs. */
  running(): string | undefined;
  /** Whether a login still stands. */
  isLoginOpen(session: string): boolean;
  onTransport(transport: ServerTransport, grant: Grant): void;
}

/** The WebRTC side of the gateway. */
export interface WebRtcEndpoint {
  readonly door: WebRtcDoor;
  readonly port: number;
  /** Ends every peer. */
  close(): Promise<void>;
}

/**
 * Opens WebRTC. Nothing listens on its port but while a peer is there whose offer was let in, and the process that will does not run
 * before. Resolves with undefined when its library is not installed or the port is taken; the log says why, and the other transports
 * carry on.
 */
export async function openWebRtc(
  options: WebRtcEndpointOptions,
): Promise<WebRtcEndpoint | undefined> {
  const { logger } = options;
  try {
    const address = boundAddress(options);
    const port = await freePort(options, address);
    requireDataChannel();
    const stack = new ForkedPeerStack({ ...(address !== undefined && { address }), port, logger });
    logger.info('webrtc is offered', { library: stack.name, port });
    const library = { address: address ?? '127.0.0.1', port };
    const front = new IceTcpFront(library);
    const isHidden = options.udp && address?.startsWith('127.') === true;
    const ownFront = isHidden
      ? new OwnAddressFront({ library, ownAddress: () => options.ownAddress() })
      : undefined;
    const door = new Door({ ...options, stack, front, ownFront, port });
    return { door, port, close: () => door.close() };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    logger.warn('webrtc is off: its library is not installed, or its port is taken', { reason });
    return undefined;
  }
}

interface DoorOptions extends Omit<WebRtcEndpointOptions, 'port'> {
  readonly stack: PeerStack;
  readonly front: IceTcpFront;
  /** There where the library listens on a loopback address alone. */
  readonly ownFront: OwnAddressFront | undefined;
  readonly port: number;
}

/** Brings signaling, the stack and the desktop's session together. */
class Door implements WebRtcDoor {
  readonly #options: DoorOptions;
  readonly #desk: SignalingDesk;
  readonly #payloads = new SharedPayloads();
  readonly #transports = new Map<string, WebRtcTransport>();
  /** Offers that are being answered. */
  #offers = 0;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#desk = new SignalingDesk({
      running: () => options.running(),
      randomSource: drawSource,
      newResource: newSecret,
    });
  }

  async offer(offer: DoorOffer): Promise<DoorAnswer> {
    const { session: login } = offer.grant;
    this.#offers += 1;
    try {
      const living = [...this.#transports.values()].filter(({ isEnding }) => !isEnding);
      if (living.length + this.#offers > MAX_SESSIONS) {
        throw new SignalingFault('tooManySessions');
      }
      const answered = await this.#desk.offer(
        { login, sdp: offer.sdp },
        (plan, resource) => this.#open(offer, plan, resource),
        performance.now(),
      );
      return { type: 'answered', ...answered };
    } catch (error) {
      return this.#refusal(error);
    } finally {
      this.#offers -= 1;
    }
  }

  candidates(fragment: Parameters<WebRtcDoor['candidates']>[0]): DoorRefusal | undefined {
    return this.#answer(() => {
      this.#desk.candidates({ login: fragment.session, ...fragment });
      return undefined;
    });
  }

  bye(session: string, resource: string): DoorRefusal | undefined {
    return this.#answer(() => {
      this.#desk.bye({ login: session, resource });
      this.#transports.get(resource)?.close(SessionCode.ok, 'the client said goodbye');
      return undefined;
    });
  }

  connected(socket: Socket, onKnown: () => void): void {
    this.#options.front.take(socket, onKnown);
  }

  async close(): Promise<void> {
    for (const transport of this.#transports.values()) {
      transport.close(SessionCode.shutdown, 'the gateway is stopping');
    }
    await this.#options.stack.close();
  }

  async #open(
    { grant, addresses, onEnded }: DoorOffer,
    plan: PeerPlan,
    resource: string,
  ): Promise<LocalTransport> {
    const { stack, front, ownFront, clock, logger } = this.#options;
    const peer = await this.#openPeer(plan);
    const transport = new WebRtcTransport({
      peer,
      plan,
      backend: stack.name,
      payloads: this.#payloads,
      clock,
      logger,
      randomSource: drawSource,
      onConnected: (connected) => this.#connected(connected, grant),
    });
    this.#transports.set(resource, transport);
    front.expect(peer.local);
    ownFront?.expect(peer.local);
    void transport.closed.then(() => {
      this.#transports.delete(resource);
      front.forget(peer.local.ufrag);
      ownFront?.forget(peer.local.ufrag);
      this.#desk.ended(resource);
      onEnded();
    });
    const candidates = this.#candidates(addresses);
    return { ...peer.local, candidates, maxMessageBytes: maxUnitBytes };
  }

  /** @param reached addresses by which the peer came */
  #candidates(reached: readonly string[]): readonly LocalCandidate[] {
    const { addresses, port, pagePort, udp } = this.#options;
    const isNamed = addresses.length > 0;
    const named = isNamed ? addresses : reached;
    const byUdp = named.filter((address) => isNamed || this.#hearsUdpAt(address));
    const byTcp = named.filter((address) => isNamed || this.#hearsTcpAt(address));
    return [
      ...(udp ? byUdp.map((address) => ({ protocol: 'udp', address, port }) as const) : []),
      ...byTcp.map((address) => ({ protocol: 'tcp', address, port: pagePort }) as const),
    ];
  }

  /** A gateway that is for its own machine is not reached by another one's address. */
  #hearsTcpAt(address: string): boolean {
    const { host } = this.#options;
    return isLoopback(address) || (host !== 'localhost' && !isLoopback(host));
  }

  #hearsUdpAt(address: string): boolean {
    const { ownFront, ownAddress } = this.#options;
    return this.#hearsTcpAt(address) || (ownFront !== undefined && address === ownAddress());
  }

  async #openPeer(plan: PeerPlan): Promise<Peer> {
    try {
      return await this.#options.stack.open(plan);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.logger.warn('no webrtc peer could be opened', { reason });
      throw new SignalingFault('webRtcFailed');
    }
  }

  /** The handshake may have taken longer than the login stood. */
  #connected(transport: WebRtcTransport, grant: Grant): void {
    if (this.#options.isLoginOpen(grant.session)) this.#options.onTransport(transport, grant);
    else transport.close(SessionCode.auth, 'the login has ended');
  }

  #answer<Result>(act: () => Result): Result | DoorRefusal {
    try {
      return act();
    } catch (error) {
      return this.#refusal(error);
    }
  }

  #refusal(error: unknown): DoorRefusal {
    if (!(error instanceof SignalingFault)) throw error;
    const { status, code, message } = error;
    this.#options.logger.debug('webrtc signaling was refused', { code, message });
    return { type: 'refused', status, code, message };
  }
}

/** A source of RTP, or where its numbers begin. */
const drawSource = (): number => randomInt(2 ** 32);

/** The address for the library to bind; undefined: all of the machine's. */
function boundAddress({ host, udp }: WebRtcEndpointOptions): string | undefined {
  if (!udp) return '127.0.0.1';
  if (host === '0.0.0.0' || host === '::') return undefined;
  return host === 'localhost' ? '127.0.0.1' : host;
}

/**
 * Finds out that the port can be had; the library binds it later, with the first peer. A port that nobody asked for may be another
 * one where it is taken.
 */
async function freePort(
  { port, pagePort }: WebRtcEndpointOptions,
  address: string | undefined,
): Promise<number> {
  const wanted = port ?? pagePort + 1;
  try {
    return await bindOnce(wanted, address);
  } catch (error) {
    if (port !== undefined) throw error;
    return bindOnce(0, address);
  }
}

async function bindOnce(port: number, address: string | undefined): Promise<number> {
  const socket = createSocket(address?.includes(':') === true ? 'udp6' : 'udp4');
  try {
    socket.bind(port, address);
    await once(socket, 'listening');
    const { port: bound }: AddressInfo = socket.address();
    return bound;
  } finally {
    socket.close();
  }
}
