import { maxUnitBytes } from '../../protocol/limits.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import type { OutboundFrame } from './frame-pipe.ts';
import type { FrameRule } from './frame-queue.ts';
import { FrameType, type Frame } from './peer-frame.ts';
import { LOW_DATA_BYTES, type Peer, type PeerStack } from './peer-stack.ts';

/** Milliseconds between two reports of a data channel that is filled, so that the gateway knows roughly how far it has emptied. */
const REPORT_MS = 50;

/** Longest reason or complaint that is told. */
const MAX_TEXT_CHARACTERS = 1_000;

/** Sends a frame to the gateway; false when there is no room for what must not be lost. */
export type SendFrame = (frame: OutboundFrame, rule: FrameRule) => boolean;

/** The child's side: opens peers of a stack as the gateway's frames ask for it, and tells what they deliver. */
export class PeerHost {
  readonly #stack: PeerStack;
  readonly #send: SendFrame;
  readonly #peers = new Map<number, HostedPeer>();

  constructor(stack: PeerStack, send: SendFrame) {
    this.#stack = stack;
    this.#send = send;
  }

  /** Takes a frame of the gateway, whose frames are trusted. */
  take({ type, peer: number, payload }: Frame): void {
    if (type === FrameType.open) {
      void this.#open(number, JSON.parse(payload.toString('utf8')) as PeerPlan);
      return;
    }
    // The peer may be over, of which the gateway has not read yet.
    const hosted = this.#peers.get(number);
    if (hosted === undefined) return;
    if (type === FrameType.close) {
      this.#forget(number);
      return;
    }
    try {
      if (type === FrameType.video) hosted.peer.sendTrack('video', payload);
      else if (type === FrameType.audio) hosted.peer.sendTrack('audio', payload);
      else if (type === FrameType.sendData) hosted.sendData(payload);
    } catch (error) {
      // The library throws for a peer whose end it has not told yet; the others have nothing to do with it.
      this.#closed(number, error instanceof Error ? error.message : String(error));
    }
  }

  /** Tells the log of the gateway something, if there is room. */
  complain(message: string): void {
    this.#tell(FrameType.complaint, 0, message, 'newest');
  }

  async #open(number: number, plan: PeerPlan): Promise<void> {
    try {
      const peer = await this.#stack.open(plan);
      const hosted = new HostedPeer(peer, (type, payload) =>
        this.#send({ type, peer: number, payload }, 'lossless'),
      );
      this.#peers.set(number, hosted);
      this.#tell(FrameType.opened, number, JSON.stringify(peer.local));
      this.#listen(number, hosted);
    } catch (error) {
      this.#tell(FrameType.refused, number, error instanceof Error ? error.message : String(error));
    }
  }

  #listen(number: number, hosted: HostedPeer): void {
    hosted.peer.listen({
      connected: () => this.#send({ type: FrameType.connected, peer: number }, 'lossless'),
      rtcp: (payload) => this.#send({ type: FrameType.rtcp, peer: number, payload }, 'newest'),
      dataOpened: () => this.#send({ type: FrameType.dataOpened, peer: number }, 'lossless'),
      data: (payload) => this.#data(number, payload),
      dataDrained: () => hosted.report(),
      closed: (reason) => this.#closed(number, reason),
    });
  }

  /** The gateway can be slower than a peer that floods it. */
  #data(number: number, payload: Uint8Array): void {
    if (payload.byteLength > maxUnitBytes) {
      this.#closed(number, `message: expected at most ${maxUnitBytes} bytes`);
    } else if (!this.#send({ type: FrameType.data, peer: number, payload }, 'lossless')) {
      this.#closed(number, 'the peer sends faster than it is read');
    }
  }

  #closed(number: number, reason: string): void {
    if (!this.#peers.has(number)) return;
    this.#forget(number);
    this.#tell(FrameType.closed, number, reason, 'final');
  }

  #forget(number: number): void {
    this.#peers.get(number)?.close();
    this.#peers.delete(number);
  }

  #tell(
    type: OutboundFrame['type'],
    peer: number,
    text: string,
    rule: FrameRule = 'lossless',
  ): void {
    const payload = Buffer.from(text.slice(0, MAX_TEXT_CHARACTERS));
    this.#send({ type, peer, payload }, rule);
  }
}

/** A peer of this process, with the account of its data channel. */
class HostedPeer {
  readonly peer: Peer;
  readonly #send: (type: OutboundFrame['type'], payload: Buffer) => void;
  /** Of `sendData`, modulo 2^32. */
  #takenBytes = 0;
  #nextReport: NodeJS.Timeout | undefined;

  constructor(peer: Peer, send: (type: OutboundFrame['type'], payload: Buffer) => void) {
    this.peer = peer;
    this.#send = send;
  }

  sendData(message: Buffer): void {
    this.#takenBytes = (this.#takenBytes + message.byteLength) >>> 0;
    this.peer.sendData(message);
    this.report();
  }

  report(): void {
    const { bufferedDataBytes } = this.peer;
    const payload = Buffer.allocUnsafe(8);
    payload.writeUInt32BE(this.#takenBytes, 0);
    payload.writeUInt32BE(bufferedDataBytes, 4);
    this.#send(FrameType.buffered, payload);
    if (bufferedDataBytes <= LOW_DATA_BYTES) return;
    this.#nextReport ??= setTimeout(() => {
      this.#nextReport = undefined;
      this.report();
    }, REPORT_MS);
  }

  close(): void {
    clearTimeout(this.#nextReport);
    this.peer.close();
  }
}
