import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt, randomUUID } from 'node:crypto';
import { maxUnitBytes } from '../../protocol/limits.ts';
import type { PeerPlan } from '../../server/signaling/peer-plan.ts';
import { SignalingDesk } from '../../server/signaling/signaling-desk.ts';
import type { Peer, PeerSink, PeerStack } from '../../server/webrtc/peer-stack.ts';
import { WeriftPeer } from './werift-peer.ts';

const ADDRESS = '127.0.0.1';

/** What a peer of a stack told, in order. */
export class HeardPeer implements PeerSink {
  readonly peer: Peer;
  readonly plan: PeerPlan;
  readonly reports: Uint8Array[] = [];
  readonly messages: Uint8Array[] = [];
  readonly ends: string[] = [];
  isConnected = false;
  hasData = false;
  drained = 0;

  constructor(peer: Peer, plan: PeerPlan) {
    this.peer = peer;
    this.plan = plan;
    peer.listen(this);
  }

  connected(): void {
    this.isConnected = true;
  }

  rtcp(packet: Uint8Array): void {
    this.reports.push(packet);
  }

  dataOpened(): void {
    this.hasData = true;
  }

  data(message: Uint8Array): void {
    this.messages.push(message);
  }

  dataDrained(): void {
    this.drained += 1;
  }

  closed(reason: string): void {
    this.ends.push(reason);
  }
}

/** Lets peers of werift connect to a stack, by the signaling of the gateway and without the rest of it. */
export class WebRtcDesk {
  readonly #stack: PeerStack;
  readonly #port: number;
  readonly #desk = new SignalingDesk({
    running: () => 'avc1.42C028',
    randomSource: () => randomInt(2 ** 32),
    newResource: () => randomUUID(),
  });

  /** @param port UDP port of the stack on 127.0.0.1 */
  constructor(stack: PeerStack, port: number) {
    this.#stack = stack;
    this.#port = port;
  }

  /** Both ends of one connection, whose handshake may be under way. */
  async connect(): Promise<{ readonly here: HeardPeer; readonly there: WeriftPeer }> {
    const there = new WeriftPeer('dtf.1');
    const opened = Promise.withResolvers<HeardPeer>();
    const { sdp } = await this.#desk.offer(
      { login: randomUUID(), sdp: await there.offer() },
      async (plan) => {
        const peer = await this.#stack.open(plan);
        opened.resolve(new HeardPeer(peer, plan));
        const candidates = [{ protocol: 'udp', address: ADDRESS, port: this.#port } as const];
        return { ...peer.local, candidates, maxMessageBytes: maxUnitBytes };
      },
      0,
    );
    await there.answered(sdp);
    return { here: await opened.promise, there };
  }
}

/** A UDP port of 127.0.0.1 that is free now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, ADDRESS);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
