import type { FrameRule } from './frame-queue.ts';
import { FrameType, type FrameTypeValue } from './peer-frame.ts';
import { LOW_DATA_BYTES, type Peer, type PeerSink, type TrackKind } from './peer-stack.ts';

/** What is known of a peer in another process, and how it is told something. */
export interface RemotePeerOptions {
  readonly local: Peer['local'];
  /** False: nobody there, or no room. */
  send(type: FrameTypeValue, payload: Uint8Array | undefined, rule: FrameRule): boolean;
  /** Told once, when nothing of this peer matters any more. */
  onClosed(): void;
}

/** The gateway's side of a peer that lives in the process of the library. */
export class RemotePeer implements Peer {
  readonly local: Peer['local'];
  readonly #options: RemotePeerOptions;
  #sink: PeerSink | undefined;
  /** Of `sendData`, modulo 2^32: what went to the process, and what it has taken. */
  #sentBytes = 0;
  #takenBytes = 0;
  /** Bytes that the process has taken and that have not left it, as it last said. */
  #heldBytes = 0;
  #isConnected = false;
  #isClosed = false;

  constructor(options: RemotePeerOptions) {
    this.#options = options;
    this.local = options.local;
  }

  get bufferedDataBytes(): number {
    return ((this.#sentBytes - this.#takenBytes) >>> 0) + this.#heldBytes;
  }

  listen(sink: PeerSink): void {
    this.#sink = sink;
  }

  sendTrack(kind: TrackKind, packet: Buffer): boolean {
    if (this.#isClosed) return false;
    const type = kind === 'video' ? FrameType.video : FrameType.audio;
    return this.#options.send(type, packet, 'newest');
  }

  sendData(message: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#options.send(FrameType.sendData, message, 'lossless')) {
      this.#sentBytes = (this.#sentBytes + message.byteLength) >>> 0;
    } else {
      this.lost('the webrtc process does not take what is sent');
    }
  }

  close(): void {
    this.#sink = undefined;
    this.#end();
  }

  /** Takes what the process tells of this peer. */
  take(type: number, payload: Buffer): void {
    if (this.#isClosed) return;
    if (type === FrameType.connected) this.#connected();
    else if (type === FrameType.rtcp) this.#sink?.rtcp(payload);
    else if (type === FrameType.dataOpened) this.#sink?.dataOpened();
    else if (type === FrameType.data) this.#sink?.data(payload);
    else if (type === FrameType.buffered) this.#buffered(payload);
    else if (type === FrameType.closed) this.lost(payload.toString('utf8'));
  }

  /** The peer is over, and not by `close`. */
  lost(reason: string): void {
    if (this.#isClosed) return;
    this.#end();
    // Whoever sends, or opened the peer in this turn and does not listen yet, does not expect its end here.
    setImmediate(() => this.#sink?.closed(reason));
  }

  #buffered(payload: Buffer): void {
    if (payload.byteLength < 8) return;
    const before = this.bufferedDataBytes;
    this.#takenBytes = payload.readUInt32BE(0);
    this.#heldBytes = payload.readUInt32BE(4);
    const isLow = this.bufferedDataBytes <= LOW_DATA_BYTES;
    if (isLow && before > LOW_DATA_BYTES) this.#sink?.dataDrained();
  }

  /** Tracks carry from the first time on. */
  #connected(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#sink?.connected();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.send(FrameType.close, undefined, 'final');
    this.#options.onClosed();
  }
}
